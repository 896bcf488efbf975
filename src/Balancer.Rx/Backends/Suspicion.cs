// SUSPICION, and the way back.
//
// A live backend that owes something (a heartbeat, an answer) and has said nothing at all for
// max(SuspectAfter, 8 x its smoothed round trip, 2 heartbeat intervals) is suspect: its remotes are
// served by others, and what it owes is asked of them, too. Any byte from it clears the suspicion.
// The intervals are there so that a heartbeat has gone out meanwhile: who takes long for a single
// question, and answers heartbeats, is not silent. The round trip of a
// heartbeat is the queueing delay behind which an answer would stand, so a backend that is merely
// slow raises its own bound.
//
// Who comes back, from suspicion or from a fault, is held down for a moment and then warms up: a
// quarter more of its remotes at each step. Who has failed three times within a minute is held down
// longer each time: 1, 2, 4 ... s, up to HoldDownCeiling. Pure, but for the memory of failures.

namespace Balancer.Rx.Backends;

/// <summary>The bound on silence.</summary>
internal static class Suspicion
{
    private const int RoundTrips = 8;

    /// <summary>How long a backend of this round trip may be silent while it owes something.
    /// </summary>
    public static TimeSpan Patience(TimeSpan roundTrip, BalancerOptions options)
    {
        var (scaled, beats) = (roundTrip * RoundTrips, options.HeartbeatEvery * 2);
        var longest = scaled > beats ? scaled : beats;
        return longest > options.SuspectAfter ? longest : options.SuspectAfter;
    }

    /// <summary>
    /// The round trip smoothed as TCP does it (RFC 6298): an eighth of the new one.
    /// </summary>
    public static TimeSpan Smoothed(TimeSpan before, TimeSpan now) =>
        before == TimeSpan.Zero ? now : before + (now - before) / 8;
}

/// <summary>When a backend has failed lately, and what follows from it. One per backend.</summary>
internal sealed class Failures(BalancerOptions options, FailuresMemory? memory = null)
{
    private const int Tolerated = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private Queue<DateTimeOffset> _lately = new(memory?.Lately ?? []);
    private int _inARow = memory?.InARow ?? 0;
    private bool _any = memory?.Any ?? false;

    /// <summary>Enough to go on from here.</summary>
    public FailuresMemory Memory => new([.. _lately], _inARow, _any);

    /// <summary>By these from now on.</summary>
    public void Settle(BalancerOptions now) => options = now;

    /// <summary>These were another's, who knew the backend before.</summary>
    public void Inherit(FailuresMemory memory) =>
        (_lately, _inARow, _any) = (new(memory.Lately), memory.InARow, memory.Any);

    /// <summary>It has failed now.</summary>
    public void Note(DateTimeOffset now)
    {
        _any = true;
        _lately.Enqueue(now);
        while (_lately.Count > Tolerated || now - _lately.Peek() > Window)
            _lately.Dequeue();
        _inARow = _lately.Count == Tolerated ? _inARow + 1 : 0;
    }

    /// <summary>How far it is trusted that comes (back) now.</summary>
    public Trust TrustOf(DateTimeOffset now)
    {
        if (!_any || options.HoldDown == TimeSpan.Zero)
            return Trust.Full.It;
        var seconds = Math.Min(
            Math.Pow(2, Math.Min(_inARow - 1, 16)), options.HoldDownCeiling.TotalSeconds);
        var wait = _inARow == 0 ? options.HoldDown : TimeSpan.FromSeconds(seconds);
        return new Trust.HeldDown(now, now + (wait > options.HoldDown ? wait : options.HoldDown));
    }
}

/// <summary>The steps from no remotes to all.</summary>
internal static class SlowStart
{
    private const int Step = BackendShare.Whole / 4;

    /// <summary>Since when it has been on its way back.</summary>
    public static DateTimeOffset SinceOf(Trust trust, DateTimeOffset now) => trust switch
    {
        Trust.HeldDown held => held.Since,
        Trust.Warming warming => warming.Since,
        _ => now,
    };

    /// <summary>What follows when this one's time has come.</summary>
    public static Trust After(Trust trust, DateTimeOffset now, BalancerOptions options)
    {
        var parts = trust is Trust.Warming warming ? warming.Parts + Step : Step;
        return parts >= BackendShare.Whole || options.SlowStart == TimeSpan.Zero
            ? Trust.Full.It
            : new Trust.Warming(
                SinceOf(trust, now), parts,
                now + options.SlowStart * Step / BackendShare.Whole);
    }
}
