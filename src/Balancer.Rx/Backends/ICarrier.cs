using Balancer.Rx.Protocol;

namespace Balancer.Rx.Backends;

/// <summary>
/// The data plane's half of a session: what is sent goes through its ring, so that hellos,
/// heartbeats and queries keep their order; what is received is handed to it frame by frame.
/// Disposed when the backend is no longer known.
/// </summary>
public interface ICarrier : IDisposable
{
    /// <summary>The number of this lane in routes.</summary>
    int Index { get; }

    /// <summary>
    /// Since when something has been owed (a heartbeat, an answer) and nothing at all been heard,
    /// in <see cref="ITicks"/>; null: nothing was said after it was last heard.
    /// </summary>
    long? OwedSince { get; }

    /// <summary>How many answers it owes; counting them is a walk over all in flight.</summary>
    int Owed { get; }

    /// <summary>A connected link to send through.</summary>
    void Attach(IBackendLink link);

    /// <summary>The link is gone; what it still owed is asked elsewhere, or lost.</summary>
    void Detach();

    /// <summary>It is silent: what it owes is asked elsewhere, too.</summary>
    void Suspect();

    /// <summary>Sends a hello or a heartbeat. There is always room for these.</summary>
    void Say(FrameType frame);

    /// <summary>Sends a probe, if there is room for it.</summary>
    void Probe(ReadOnlySpan<byte> query);

    /// <summary>A probe's answer has come.</summary>
    event Action<ProbeAnswer>? ProbeAnswered;

    /// <summary>The link has room again.</summary>
    void Resume();

    /// <summary>A datagram from the backend, for whoever asked.</summary>
    void Answer(in Frame datagram);

    /// <summary>All answers of one read have been handed over: send them on.</summary>
    void EndOfBurst();
}
