using System.Runtime.InteropServices;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control.Top;

/// <summary>What one backend did while it was looked at.</summary>
internal sealed class BackendTop
{
    /// <summary>Answers, and how long they took.</summary>
    public LatencyCounts Answers { get; } = new();

    /// <summary>Questions that it has not answered, by how they ended.</summary>
    public long Expired, Lost, Displaced;

    /// <summary>Questions that were taken from it and asked of another.</summary>
    public long Replayed;

    /// <summary>The same backend on another loop.</summary>
    public void Add(BackendTop other)
    {
        Answers.Add(other.Answers);
        Expired += other.Expired;
        Lost += other.Lost;
        Displaced += other.Displaced;
        Replayed += other.Replayed;
    }
}

/// <summary>
/// Counts the datagrams of one loop, on it, in fixed memory: clients in sketches, backends by their
/// numbers, of which there are <see cref="BalancerOptions.MaxBackends"/> at most at a time.
/// </summary>
internal sealed class TopCounter : IDatagramWatcher
{
    /// <summary>So many clients are counted at a time.</summary>
    public const int Clients = 1_024;

    /// <summary>So many of the slowest answers are kept.</summary>
    public const int SlowestKept = 10;

    private readonly DatagramFact[] _slowest = new DatagramFact[SlowestKept];
    private int _slow;

    /// <summary>Datagrams that have ended, by their clients.</summary>
    public SpaceSaving Busiest { get; } = new(Clients);

    /// <summary>… of which those that a backend has not answered.</summary>
    public SpaceSaving Unanswered { get; } = new(Clients);

    /// <summary>The backends that did something.</summary>
    public Dictionary<BackendId, BackendTop> Backends { get; } = [];

    /// <summary>The slowest answers, the slowest first: a copy.</summary>
    public DatagramFact[] Slowest => _slowest[.._slow];

    /// <inheritdoc/>
    public void Saw(ReadOnlySpan<DatagramFact> facts)
    {
        foreach (ref readonly var fact in facts)
        {
            if (fact.Step == DatagramStep.Ended)
                Ended(fact);
            else if (fact.Step == DatagramStep.Replayed)
                Of(fact.Backend).Replayed++;
        }
    }

    private void Ended(in DatagramFact fact)
    {
        // Of an answer that was not sent it is told before, as answered.
        if (fact.Client is not { } client)
            return;
        Busiest.Add(client.Address.Value);
        switch (fact.Outcome)
        {
            case Outcome.Answered:
                Of(fact.Backend).Answers.Add(fact.Latency);
                Keep(fact);
                return;
            case Outcome.Expired:
                Of(fact.Backend).Expired++;
                break;
            case Outcome.Lost:
                Of(fact.Backend).Lost++;
                break;
            case Outcome.Displaced:
                Of(fact.Backend).Displaced++;
                break;
            default:
                return;
        }
        Unanswered.Add(client.Address.Value);
    }

    private BackendTop Of(BackendId id)
    {
        ref var backend = ref CollectionsMarshal.GetValueRefOrAddDefault(Backends, id, out _);
        return backend ??= new();
    }

    private void Keep(in DatagramFact fact)
    {
        if (_slow == SlowestKept && fact.Latency <= _slowest[^1].Latency)
            return;
        if (_slow < SlowestKept)
            _slow++;
        var at = _slow - 1;
        for (; at > 0 && _slowest[at - 1].Latency < fact.Latency; at--)
            _slowest[at] = _slowest[at - 1];
        _slowest[at] = fact;
    }
}
