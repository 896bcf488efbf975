using Balancer.Rx.Handover;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;

namespace Balancer.Rx.Backends;

// What it knows, and what crosses the seam on its behalf.
public sealed partial class BackendSession
{
    /// <summary>Its number in the order in which sessions were made.</summary>
    internal long Made { get; init; }

    /// <summary>How many answers it owes.</summary>
    internal int Owed => (int)_seam.Ask(Asked.Owed, _carrier.Owed);

    /// <summary>Enough to go on from here.</summary>
    internal SessionMemory Memory => new(
        Backend, _state.Value, _machine.Memory, _file, _isGone, _probes,
        _clockwork.IsPending(TimerKind.ProbeAnswer, Id));

    /// <summary>It is live, and given some of its remotes at least.</summary>
    internal bool IsFit =>
        State is Session.Live && Departures.PartsOf(State, Leaving) > 0;

    /// <summary>How far it is trusted, for another process.</summary>
    internal BackendEstate Estate => State is Session.Live live
        ? new(Id, _machine.Memory.Failures, live.Trust, live.Fitness)
        : new(Id, _machine.Memory.Failures, null, default);

    /// <summary>So far was it trusted before.</summary>
    internal void Inherit(BackendEstate estate)
    {
        _machine.Inherit(estate.Failures);
        var fitness = _options.Probe is null ? default : estate.Fitness;
        if (estate.Trust is { } trust && State is Session.Live)
            _signals.OnNext(new Signal.Inherited(trust, fitness));
    }

    /// <summary>The link has this to say.</summary>
    internal void Hear(Signal signal)
    {
        _seam.Heard(Id, signal);
        _signals.OnNext(signal);
    }
}
