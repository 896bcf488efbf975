using System.Reactive;
using System.Reactive.Subjects;
using Balancer.Daemon.Control;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>What one loop remembers: both rings, and their ends.</summary>
public sealed class HistoryTests : IDisposable
{
    static readonly DateTimeOffset Dawn = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly ClientAddress Client = new(0x0A000001), Other = new(0x0A000002);
    static readonly BackendId First = new(5301), Second = new(5302);

    readonly Subject<Timestamped<BalancerEvent>> _facts = new();
    readonly History _history;

    public HistoryTests() => _history = new(_facts);

    [Fact]
    public void It_tells_of_a_client_and_of_the_backends_that_concern_it_in_order()
    {
        BalancerEvent[] told =
        [
            new BalancerEvent.BackendFound(First, "a"),
            new BalancerEvent.RemoteAssigned(Client, Second, AssignedBecause.Moved),
            new BalancerEvent.BackendFaulted(Second, "b", FaultReason.Closed, "", WasLive: true),
            new BalancerEvent.RemoteAssigned(Other, Second, AssignedBecause.Rebalanced),
            new BalancerEvent.RemotePinned(Client, First, TimeSpan.FromMinutes(2)),
            new BalancerEvent.NoBackends(),
            new BalancerEvent.RemoteUnpinned(Client, First, UnpinnedBecause.TimeIsOver),
            new BalancerEvent.CommandRefused(
                First, CommandKind.Move, RefusedBecause.PinnedElsewhere, Client),
            new BalancerEvent.BackendFound(new(5303), "c"),
        ];
        for (var i = 0; i < told.Length; i++)
            At(i, told[i]);
        Assert.Equal(
            [told[1], told[2], told[4], told[5], told[6], told[7]],
            Of(Client, Dawn + TimeSpan.FromSeconds(1), Second).Select(fact => fact.Value));
        Assert.Null(_history.CompleteSince);
    }

    [Fact]
    public void Heartbeats_and_newcomers_push_nothing_out()
    {
        At(0, new BalancerEvent.BackendFound(First, "a"));
        At(1, new BalancerEvent.RemoteAssigned(Client, First, AssignedBecause.Moved));
        for (var i = 0; i < 2 * History.ClientFacts; i++)
        {
            At(2, new BalancerEvent.HeartbeatSent(First));
            At(2, new BalancerEvent.HeartbeatAnswered(First, TimeSpan.Zero));
            At(2, new BalancerEvent.RemoteNew(Other));
            At(2, new BalancerEvent.RemoteAssigned(Other, First, AssignedBecause.Newcomer));
            At(2, new BalancerEvent.RemoteExpired(Other));
        }
        Assert.Null(_history.CompleteSince);
        Assert.Equal(2, Of(Client, Dawn, First).Count);
    }

    [Fact]
    public void Of_backends_the_last_4096_facts_are_remembered_and_it_says_since_when()
    {
        for (var i = 0; i < History.BackendFacts + 10; i++)
            At(i, new BalancerEvent.BackendFound(First, $"{i}"));
        var found = Of(Client, Dawn, First);
        Assert.Equal(4_096, found.Count);
        Assert.Equal(
            Enumerable.Range(10, 4_096).Select(i => $"{i}"),
            found.Select(fact => ((BalancerEvent.BackendFound)fact.Value).Path));
        Assert.Equal(Dawn + TimeSpan.FromSeconds(10), _history.CompleteSince);
    }

    [Fact]
    public void Of_clients_the_last_65536_facts_are_remembered_and_it_says_since_when()
    {
        At(0, new BalancerEvent.RemotePinned(Client, First, For: null));
        At(1, new BalancerEvent.RemotePinned(Client, Second, For: null));
        for (var i = 0; i < History.ClientFacts - 1; i++)
            At(2, new BalancerEvent.RemoteAssigned(Other, First, AssignedBecause.Rebalanced));
        Assert.Equal(
            new BalancerEvent.RemotePinned(Client, Second, null),
            Assert.Single(Of(Client, Dawn)).Value);
        Assert.Equal(Dawn + TimeSpan.FromSeconds(1), _history.CompleteSince);
    }

    public void Dispose()
    {
        _history.Dispose();
        _facts.Dispose();
    }

    IReadOnlyList<Timestamped<BalancerEvent>> Of(
        ClientAddress client, DateTimeOffset since, params BackendId[] backends) =>
        _history.Of(client, backends, since);

    void At(int second, BalancerEvent fact) =>
        _facts.OnNext(new(fact, Dawn + TimeSpan.FromSeconds(second)));
}
