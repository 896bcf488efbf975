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

    /// <summary>The link has this to say.</summary>
    internal void Hear(Signal signal)
    {
        _seam.Heard(Id, signal);
        _signals.OnNext(signal);
    }
}
