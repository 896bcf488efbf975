using Balancer.Faults;

return await CommandLine.Run(args);
