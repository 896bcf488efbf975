using Balancer.Daemon;
using Balancer.Daemon.Demo;

// The demo's backends are this program, too: no file beside it is needed.
return args is [DemoBackend.Verb, var path]
    ? DemoBackend.Run(path)
    : CommandLine.Run(args, ServiceCommand.Run, DemoCommand.Run, Surroundings.OfProcess);
