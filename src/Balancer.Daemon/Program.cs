using Balancer.Daemon;
using Balancer.Daemon.Demo;
using Balancer.Daemon.Handover;

// The demo's backends are this program, too: no file beside it is needed.
return args is [DemoBackend.Verb, var path] ? DemoBackend.Run(path)
    : args is [Midwife.Verb, var program, ..] ? Midwife.Run(program, args[2..])
    : CommandLine.Run(args, ServiceCommand.Run, DemoCommand.Run, Surroundings.OfProcess);
