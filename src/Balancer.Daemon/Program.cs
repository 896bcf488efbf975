using Balancer.Daemon;
using Balancer.Daemon.Demo;

return CommandLine.Run(args, ServiceCommand.Run, DemoCommand.Run, Surroundings.OfProcess);
