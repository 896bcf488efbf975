using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.VirtualTimeTests.Recordings;

// What a replay is held to, and how it says what differs.
public class ReplayTests
{
    [Fact]
    public void A_kill_and_what_followed_from_it_is_decided_again_with_the_same_times()
    {
        var (world, tape) = Recorded();
        world.Backend(5301).Dies();
        world.Run(300.Milliseconds());
        world.Backend(5301).Listens();
        world.Run(5.Seconds());

        var decisions = new List<Decision>();
        var result = tape.Recording.Replay(decisions.Add);
        Assert.Null(result.Difference);
        Assert.Equal(
            world.Facts.Skip(world.Facts.Count - decisions.Count).Select(Decision.Of), decisions);
        Assert.Contains(decisions, decision => decision.Text.Contains("BackendFaulted"));
        Assert.Contains(decisions, decision => decision.Text.Contains("BackendTrusted"));
    }

    [Fact]
    public void A_recording_can_begin_while_a_backend_is_in_back_off_held_down_suspect_or_drained()
    {
        var world = new World().With(5301, 5302, 5303, 5304);
        world.Commands(new BackendCommand.Drain(new(5304)));
        world.Backend(5301).Dies();
        world.Run(10.Seconds());
        world.Backend(5302).CloseAll();
        world.Run(1.Seconds());
        world.Backend(5303).Stalls();
        world.Run(1.Seconds());
        var tape = Tape.Begin(world.Control)!;
        world.Backend(5303).Resumes();
        world.Backend(5301).Listens();
        world.Commands(new BackendCommand.Enable(new(5304)));
        world.Run(20.Seconds());

        var result = tape.Recording.Replay(_ => { });
        Assert.Null(result.Difference);
        Assert.True(result.Decisions > 50);
    }

    [Fact]
    public void What_a_flood_changes_is_replayed_and_what_it_changes_not_is_not_recorded()
    {
        var world = new World(
            BalancerOptions.Default with { MaxRemotes = 64, DisplacedPerSecond = 10 });
        world.With(5301, 5302);
        world.AllAsk(world.Clients(32));
        world.Run(2.Seconds());
        world.AllAsk(world.Clients(32));
        var tape = Tape.Begin(world.Control)!;
        for (var i = 0; i < 50; i++)
        {
            world.AllAsk(world.Clients(32 + 64 * i).Skip(32 + 64 * (i - 1)));
            world.Run(10.Milliseconds());
        }
        Assert.Null(tape.Recording.Replay(_ => { }).Difference);
        Assert.InRange(tape.Bytes, 500, 10_000);
    }

    [Fact]
    public void A_datagram_of_a_known_remote_is_no_entry()
    {
        var (world, tape) = Recorded();
        var clients = world.Clients(64);
        world.AllAsk(clients);
        world.Settle();
        var before = tape.Bytes;
        for (var i = 0; i < 100; i++)
            world.AllAsk(clients);
        Assert.Equal(before, tape.Bytes);
    }

    [Fact]
    public void Another_decision_than_live_is_told_with_both()
    {
        var (world, tape) = Recorded();
        world.Backend(5301).Dies();
        world.Run(2.Seconds());
        var recording = tape.Recording;
        var start = recording.Start with
        {
            Options = recording.Start.Options with { Seed = 2, BackOffJitter = 0.5 },
        };
        var difference = (recording with { Start = start }).Replay(_ => { }).Difference!;
        Assert.Contains("live:   2026-01-01T00:00:01.0", difference);
        Assert.Contains("BackendRetry { Id = 5301", difference.Split("replay:")[1]);
    }

    [Fact]
    public void A_decision_that_live_did_not_make_is_told()
    {
        var world = new World(BalancerOptions.Default with { DrainOnUnlink = false });
        world.With(5301, 5302);
        var tape = Tape.Begin(world.Control)!;
        world.Backend(5301).Vanishes();
        world.Run(2.Seconds());
        var recording = tape.Recording;
        var start = recording.Start with
        {
            Options = recording.Start.Options with { DrainOnUnlink = true },
        };
        var difference = (recording with { Start = start }).Replay(_ => { }).Difference!;
        Assert.Contains("live:   nothing", difference);
        Assert.Contains("BackendLeaving { Id = 5301", difference);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(170)]
    public void A_tape_of_which_a_piece_is_missing_differs_or_cannot_be_read(int at)
    {
        var (world, tape) = Recorded();
        world.AllAsk(world.Clients(20));
        world.Run(5.Seconds());
        var recording = tape.Recording;
        var bytes = recording.Tape.ToArray();
        byte[] cut = [.. bytes[..at], .. bytes[(at + 7)..]];
        var differs = false;
        try
        {
            differs = (recording with { Tape = cut }).Replay(_ => { }).Difference is not null;
        }
        catch (TapeException)
        {
            differs = true;
        }
        Assert.True(differs);
    }

    static (World World, Tape Tape) Recorded()
    {
        var world = new World().With(5301, 5302);
        world.Run(1.Seconds());
        return (world, Tape.Begin(world.Control)!);
    }
}
