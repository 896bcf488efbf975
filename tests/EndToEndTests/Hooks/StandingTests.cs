using System.Reactive;
using Balancer.Daemon.Hooks;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Hooks;

/// <summary>Facts into what is news of them.</summary>
public sealed class StandingTests
{
    const string A = "/run/s/5301", B = "/run/s/5302";

    static readonly BackendId One = new(5301), Two = new(5302);

    static readonly BalancerEvent
        AUp = new BalancerEvent.BackendEstablished(One, A),
        ADown = Fault(FaultReason.HeartbeatLate),
        ALeaves = new BalancerEvent.BackendLeaving(One, A, LeavingBecause.Ordered),
        AOwesNothing = new BalancerEvent.BackendDrained(One, A, TimeSpan.FromSeconds(1)),
        BUp = new BalancerEvent.BackendEstablished(Two, B);

    readonly List<string> _told = [];

    [Fact]
    public void A_session_is_a_rise_and_its_loss_is_a_fall()
    {
        var standing = new Standing(1);
        Tell(standing, AUp, ADown, AUp);
        Assert.Equal(
            [
                "up 5301 established", "ready backend_up",
                "down 5301 heartbeat_late", "not-ready no_backend",
                "up 5301 established", "ready backend_up",
            ],
            _told);
    }

    [Fact]
    public void What_was_never_up_does_not_fall()
    {
        Tell(
            new Standing(1),
            new BalancerEvent.BackendFound(One, A),
            new BalancerEvent.BackendFaulted(
                One, A, FaultReason.ConnectFailed, "", WasLive: false),
            new BalancerEvent.BackendForgotten(One, A));
        Assert.Empty(_told);
    }

    [Fact]
    public void Silence_a_failed_probe_and_a_lost_socket_are_falls_and_leave_the_last_one_ready()
    {
        var standing = new Standing(1);
        Tell(
            standing, AUp,
            new BalancerEvent.BackendSuspected(One, A, TimeSpan.FromSeconds(1)),
            new BalancerEvent.BackendStirred(One, A, TimeSpan.FromSeconds(1)),
            new BalancerEvent.BackendAiling(One, A, "x/A", 2),
            new BalancerEvent.BackendWell(One, A),
            new BalancerEvent.BackendLeaving(One, A, LeavingBecause.SocketGone),
            AOwesNothing,
            new BalancerEvent.BackendStays(One, A));
        Assert.Equal(
            [
                "up 5301 established", "ready backend_up",
                "down 5301 silent", "up 5301 heard_again",
                "down 5301 fails_probe", "up 5301 passes_probe",
                "down 5301 socket_gone", "up 5301 stays",
            ],
            _told);
    }

    [Fact]
    public void A_new_session_owes_nothing_to_the_silence_of_the_old_one()
    {
        Tell(
            new Standing(1), BUp, AUp,
            new BalancerEvent.BackendSuspected(One, A, TimeSpan.FromSeconds(1)),
            ADown, AUp);
        Assert.Equal(
            ["up 5301 established", "down 5301 silent", "up 5301 established"], _told[2..]);
    }

    [Fact]
    public void An_ordered_drain_is_told_at_its_end_and_is_no_fall()
    {
        Tell(
            new Standing(1), AUp, BUp, ALeaves, AOwesNothing,
            new BalancerEvent.BackendStays(One, A));
        Assert.Equal(["drained 5301 ordered"], _told[3..]);
    }

    [Fact]
    public void That_the_last_one_goes_on_serving_though_drained_is_told()
    {
        Tell(new Standing(1), AUp, ALeaves, AOwesNothing);
        Assert.Equal(["drained 5301 nobody_else"], _told[2..]);
    }

    [Fact]
    public void With_several_loops_it_is_up_in_the_last_and_down_in_the_first()
    {
        var standing = new Standing(2);
        Tell(standing, 1, AUp, BUp);
        Assert.Empty(_told);
        Tell(standing, 0, AUp);
        Assert.Equal(["up 5301 established", "ready backend_up"], _told);
        Tell(standing, 1, ADown);
        Tell(standing, 0, ADown);
        Assert.Equal(["down 5301 heartbeat_late", "not-ready no_backend"], _told[2..]);
        Tell(standing, 1, ALeaves, AOwesNothing);
        Assert.Equal(4, _told.Count);
        Tell(standing, 0, ALeaves, AOwesNothing);
        Assert.Equal("drained 5301 nobody_else", _told[4]);
    }

    [Fact]
    public void A_stop_is_told_once_and_nothing_is_ready_afterwards()
    {
        var standing = new Standing(1);
        Tell(standing, AUp);
        _told.AddRange(standing.Stop(default).Select(Text));
        _told.AddRange(standing.Stop(default).Select(Text));
        Tell(standing, ADown, AUp);
        Assert.Equal(
            ["not-ready stopping", "down 5301 heartbeat_late", "up 5301 established"],
            _told[2..]);
    }

    static BalancerEvent.BackendFaulted Fault(FaultReason reason) =>
        new(One, A, reason, "", WasLive: true);

    void Tell(Standing standing, params BalancerEvent[] facts) => Tell(standing, 0, facts);

    void Tell(Standing standing, int loop, params BalancerEvent[] facts)
    {
        foreach (var fact in facts)
        {
            var news = standing.Note(loop, new Timestamped<BalancerEvent>(fact, default));
            _told.AddRange(news.Select(Text));
        }
    }

    static string Text(HookEvent e) => e.Backend == 0
        ? $"{HookEvent.Word(e.Kind)} {e.Reason}"
        : $"{HookEvent.Word(e.Kind)} {e.Backend} {e.Reason}";
}
