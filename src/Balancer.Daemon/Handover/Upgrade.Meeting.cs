using Balancer.Daemon.Native;

namespace Balancer.Daemon.Handover;

// The first stages: who it is, what it gets at once, and the backends that it must have met.
internal sealed partial class Upgrade
{
    private string Introduce(HandoverLink link, TimeSpan patience)
    {
        var hello = link.Expect(HandoverStage.Hello, patience)
            .Read(HandoverJson.Default.HelloView);
        if (WhyNot(hello) is { } reason)
        {
            link.Send(HandoverStage.Refused, new(reason), HandoverJson.Default.RefusedView);
            throw new HandoverException(reason);
        }
        var listeners = _daemon.Workers
            .SelectMany(worker => worker.Listeners.Descriptors)
            .Chunk(LibC.MostRights)
            .ToList();
        var standIn = _predecessor?.StandInFd;
        link.Send(
            HandoverStage.Welcome,
            new(VersionInfo.Number, listeners.Count, _http is not null, standIn is not null),
            HandoverJson.Default.WelcomeView);
        foreach (var some in listeners)
            link.Send(HandoverStage.Listeners, descriptors: some);
        if (_http is { } http)
            link.Send(HandoverStage.Http, descriptors: [http]);
        if (standIn is { } stands)
            link.Send(HandoverStage.StandIn, descriptors: [stands]);
        SendAll(HandoverStage.Prospects, Ask(worker => worker.Plane.Prospects));
        return hello.Version;
    }

    private string? WhyNot(HelloView hello) =>
        hello.Protocol != Protocol
            ? $"{hello.Version} speaks handover {hello.Protocol}, and we speak {Protocol}: "
                + "a restart is needed"
        : hello.Loops != _daemon.Workers.Count
            ? $"--loops {hello.Loops}: there are {_daemon.Workers.Count}, and their number cannot "
                + "change without a restart"
        : null;

    // It tells at every change; what is wanted may change, too.
    private void AwaitMeeting(HandoverLink link, TimeSpan patience)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        string? missing = null;
        while (clock.Elapsed < patience)
        {
            var met = link.Expect(HandoverStage.Met, patience)
                .Read(HandoverJson.Default.MetView).Loops;
            var wanted = Ask(Meeting.Of);
            missing = wanted.Zip(met).SelectMany(loop => loop.First.Except(loop.Second))
                .FirstOrDefault();
            if (missing is null)
                return;
        }
        throw new HandoverException(
            $"it has no session with backend {missing} after {patience.TotalSeconds:0.#} s");
    }
}
