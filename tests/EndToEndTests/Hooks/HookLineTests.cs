using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Hooks;
using Xunit;

namespace Balancer.EndToEndTests.Hooks;

/// <summary>Events into calls, in virtual time.</summary>
public sealed class HookLineTests : IDisposable
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    static readonly HookOptions AnyChange = new()
    {
        On = [HookKind.Up, HookKind.Down],
        Run = ["/bin/true"],
    };

    readonly HistoricalScheduler _time = new(DateTimeOffset.UnixEpoch);
    readonly Subject<HookEvent> _events = new();
    readonly List<string> _called = [];
    readonly List<HookResult> _results = [];
    readonly List<HookEvent> _suppressed = [];
    bool _isOver;

    public void Dispose() => _events.Dispose();

    [Fact]
    public void Each_event_is_one_call_in_order()
    {
        Begin(AnyChange, Well);
        Happens(HookKind.Up, 1);
        Happens(HookKind.Down, 1);
        Happens(HookKind.Ready, 0);
        Assert.Equal(["0.0 up 1 +0", "0.0 down 1 +0"], _called);
        Assert.All(_results, result => Assert.Equal(HookOutcome.Done, result.Outcome));
    }

    [Fact]
    public void After_ten_in_a_row_there_is_one_each_second_with_the_newest_that_happened()
    {
        Begin(AnyChange, Well);
        for (var i = 0; i < 26; i++)
            Happens(i % 2 == 0 ? HookKind.Down : HookKind.Up, 1);
        Assert.Equal(10, _called.Count);
        Happens(HookKind.Down, 2);
        _time.AdvanceBy(3 * Second);
        Assert.Equal(["1.0 up 1 +15", "2.0 down 2 +0"], _called[10..]);
        Assert.Equal(15, _suppressed.Count);
    }

    [Fact]
    public void The_allowance_grows_again_while_nothing_happens()
    {
        Begin(AnyChange, Well);
        for (var i = 0; i < 12; i++)
            Happens(HookKind.Up, i + 1);
        _time.AdvanceBy(60 * Second);
        Assert.Equal(12, _called.Count);
        for (var i = 0; i < 12; i++)
            Happens(HookKind.Down, i + 1);
        Assert.Equal(22, _called.Count);
    }

    [Fact]
    public void Another_interval_is_kept_as_well()
    {
        Begin(AnyChange with { Every = 60 * Second }, Well);
        for (var i = 0; i < 12; i++)
            Happens(HookKind.Up, i + 1);
        _time.AdvanceBy(59 * Second);
        Assert.Equal(10, _called.Count);
        _time.AdvanceBy(2 * Second);
        Assert.Equal(11, _called.Count);
    }

    [Fact]
    public void What_is_not_so_any_more_is_not_told()
    {
        Begin(AnyChange with { On = [HookKind.Up] }, Well);
        for (var i = 0; i < 10; i++)
            Happens(HookKind.Up, i + 1);
        Happens(HookKind.Up, 99);
        Happens(HookKind.Down, 99);
        Happens(HookKind.Up, 98);
        _time.AdvanceBy(5 * Second);
        Assert.Equal(["1.0 up 98 +0"], _called[10..]);
        Assert.Equal([99], _suppressed.Select(e => e.Backend));
    }

    [Fact]
    public void While_one_call_lasts_the_others_wait_and_at_its_deadline_it_is_ended()
    {
        var ended = new List<string>();
        Begin(AnyChange, (call, cancellation) =>
        {
            if (call.Event.Backend != 1)
                return Well(call, cancellation);
            cancellation.Register(() => ended.Add(Now));
            return new TaskCompletionSource<string?>().Task;
        });
        Happens(HookKind.Up, 1);
        Happens(HookKind.Up, 2);
        Happens(HookKind.Down, 2);
        _time.AdvanceBy(4 * Second);
        Assert.Single(_called);
        _time.AdvanceBy(2 * Second);
        Assert.Equal(["0.0 up 1 +0", "5.0 down 2 +1"], _called);
        Assert.Equal("5.0", Assert.Single(ended));
        Assert.Equal(
            [HookOutcome.TimedOut, HookOutcome.Done], _results.Select(result => result.Outcome));
    }

    [Fact]
    public void What_fails_says_why_and_the_next_is_called_as_ever()
    {
        Begin(AnyChange, (call, _) => call.Event.Kind == HookKind.Up
            ? throw new InvalidOperationException("thrown")
            : Task.FromResult<string?>("exit code 3"));
        Happens(HookKind.Up, 1);
        Happens(HookKind.Down, 1);
        Assert.Equal(["thrown", "exit code 3"], _results.Select(result => result.Error));
        Assert.All(_results, result => Assert.Equal(HookOutcome.Failed, result.Outcome));
    }

    [Fact]
    public void At_the_end_what_waits_is_still_called()
    {
        Begin(AnyChange, Well);
        for (var i = 0; i < 11; i++)
            Happens(HookKind.Up, i + 1);
        _events.OnCompleted();
        Assert.False(_isOver);
        _time.AdvanceBy(2 * Second);
        Assert.Equal(11, _called.Count);
        Assert.True(_isOver);
    }

    [Fact]
    public void When_other_hooks_hold_the_old_ones_finish_and_hear_nothing_new()
    {
        using var inForce = new BehaviorSubject<IReadOnlyList<HookOptions>>([AnyChange]);
        var named = new List<string>();
        _events
            .CallsOfAll(
                inForce,
                hook => (call, _) =>
                {
                    named.Add($"{hook.Run[0]} {call.Event.Backend}");
                    return Task.FromResult<string?>(null);
                },
                _suppressed.Add, _time)
            .Subscribe(_ => { }, () => _isOver = true);
        for (var i = 0; i < 11; i++)
            Happens(HookKind.Up, i + 1);
        inForce.OnNext([AnyChange with { Run = ["/bin/new"] }]);
        Happens(HookKind.Up, 12);
        _time.AdvanceBy(2 * Second);
        Assert.Equal(["/bin/true 10", "/bin/new 12", "/bin/true 11"], named[9..]);
        _events.OnCompleted();
        _time.AdvanceBy(Second);
        Assert.True(_isOver);
    }

    [Fact]
    public void More_than_a_thousand_sockets_that_wait_give_way_in_their_order()
    {
        var waiting = new WaitingEvents(AnyChange.On, _suppressed.Add);
        for (var i = 0; i <= WaitingEvents.Most; i++)
            waiting.Add(Event(HookKind.Up, i + 1));
        Assert.Equal(1, Assert.Single(_suppressed).Backend);
        Assert.Equal(2, waiting.Take()?.Event.Backend);
    }

    [Fact]
    public void A_clock_that_jumps_back_holds_a_call_for_one_interval_at_most()
    {
        var allowance = new Allowance(Second);
        for (var i = 0; i < Allowance.Burst; i++)
            allowance.Take(DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.Equal(Second, allowance.Wait(DateTimeOffset.UnixEpoch));
    }

    string Now => $"{(_time.Now - DateTimeOffset.UnixEpoch).TotalSeconds:0.0}";

    static Task<string?> Well(HookCall call, CancellationToken _) =>
        Task.FromResult<string?>(null);

    void Begin(HookOptions hook, HookAction act) => _events
        .CallsOf(
            hook,
            (call, cancellation) =>
            {
                var (e, word) = (call.Event, HookEvent.Word(call.Event.Kind));
                _called.Add($"{Now} {word} {e.Backend} +{call.Suppressed}");
                return act(call, cancellation);
            },
            _suppressed.Add, _time)
        .Subscribe(_results.Add, () => _isOver = true);

    void Happens(HookKind kind, int backend)
    {
        _events.OnNext(Event(kind, backend));
        _time.AdvanceBy(TimeSpan.FromTicks(1));
    }

    static HookEvent Event(HookKind kind, int backend) =>
        new(kind, backend, $"/run/s/{backend}", "", DateTimeOffset.UnixEpoch);
}
