using Balancer.Rx.Backends;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;

namespace Balancer.Rx;

// What it knows and what it waits for: for recordings, and for people.
public sealed partial class ControlPlane
{
    // While one of these is pending, something is half done that only its pipeline knows of. All of
    // them are short, but for a backend that leaves and owes while nobody else can carry.
    private static readonly TimerKind[] Unquiet =
    [
        TimerKind.FirstListing, TimerKind.HintWindow, TimerKind.SessionBegin,
        TimerKind.LeavingLook, TimerKind.ReplacementLook, TimerKind.ExpiryShare,
        TimerKind.SpreadShare, TimerKind.HomeShare,
    ];

    /// <summary>Everything that waits for its time, TCP connections apart; in no order.</summary>
    internal IEnumerable<PendingTimer> Timers => _clockwork.Pending;

    /// <summary>What crosses into it can be recorded here; null: it is replayed itself.</summary>
    internal Recorder? Recorder => _seam as Recorder;

    /// <summary>The core's timers.</summary>
    internal Clockwork Clockwork => _clockwork;

    /// <summary>
    /// Where a tape can begin now; null while it is in the middle of something, as
    /// <see cref="Memory"/>.
    /// </summary>
    internal Checkpoint? Checkpoint() => Recorder is { } recorder && Memory() is { } memory
        ? new(_scheduler.Now, recorder.Base, _options, memory)
        : null;

    /// <summary>
    /// All that it knows; null while it is in the middle of something: then it is to be asked
    /// again, a little later. Between turns only.
    /// </summary>
    internal ControlMemory? Memory()
    {
        if (!_isStarted || _isHeir || _clockwork.IsAnyPending(Unquiet))
            return null;
        return new(
            _taker.Memory,
            [.. _orders.Drained],
            [.. Sessions.Items.OrderBy(session => session.Made).Select(session => session.Memory)],
            Remotes.Memory,
            _clockwork.IsPending(TimerKind.NoBackendsTold));
    }
}
