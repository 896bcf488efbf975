namespace Balancer.Rx.Forwarding;

/// <summary>
/// What became of a datagram from a client. Each received datagram ends in exactly one of these;
/// until then it is in flight: <c>received = in flight + sum of outcomes</c>.
/// </summary>
public enum Outcome
{
    /// <summary>Its answer went out.</summary>
    Answered,

    /// <summary>There was an answer, and the kernel refused to send it (W1).</summary>
    AnswerNotSent,

    /// <summary>No answer within <see cref="BalancerOptions.AnswerPatience"/>.</summary>
    Expired,

    /// <summary>The journal was full, and it was the oldest in it.</summary>
    Displaced,

    /// <summary>
    /// Its backend's session ended before it was answered, and it could not be asked elsewhere.
    /// </summary>
    Lost,

    /// <summary>Dropped: over 1500 bytes (M15).</summary>
    Oversized,

    /// <summary>Dropped: under 12 bytes, so no DNS header.</summary>
    Runt,

    /// <summary>Dropped: QR is set, so an answer and not a question.</summary>
    NotAQuestion,

    /// <summary>Dropped: from an address or port to which no answer can be sent (W1).</summary>
    Unanswerable,

    /// <summary>
    /// Dropped: no backend can carry it, nor could one while it was parked (S7).
    /// </summary>
    NoBackend,

    /// <summary>Dropped: the backend takes no more, nor does its backup (U4).</summary>
    Stuck,

    /// <summary>Dropped: from outside <see cref="BalancerOptions.Allow"/>.</summary>
    NotAllowed,

    /// <summary>Dropped: over <see cref="BalancerOptions.RateLimit"/>.</summary>
    RateLimited,

    /// <summary>
    /// Over the limit too, and answered by us with TC = 1, so that the client comes by TCP
    /// (<see cref="BalancerOptions.RateSlip"/>).
    /// </summary>
    Slipped,

    /// <summary>
    /// As <see cref="NoBackend"/>, but told so: SERVFAIL or REFUSED
    /// (<see cref="BalancerOptions.WhenEmpty"/>).
    /// </summary>
    NoBackendTold,
}

/// <summary>The counts, per loop. Read from anywhere, written on the loop.</summary>
public sealed class Outcomes
{
    private static readonly int Kinds = Enum.GetValues<Outcome>().Length;
    private readonly long[] _counts = new long[Kinds];

    /// <summary>Datagrams received from clients.</summary>
    public long Received { get; internal set; }

    /// <summary>Answers that nobody was waiting for.</summary>
    public long Strays { get; internal set; }

    /// <summary>
    /// Questions that were asked of a second backend, since the first had died or was silent.
    /// </summary>
    public long Replayed { get; internal set; }

    /// <summary>Who is told of each datagram that is counted here; null: nobody.</summary>
    internal DatagramWatch? Watch { get; set; }

    /// <summary>Datagrams served without being remembered, since the table was full.</summary>
    public long Stateless { get; internal set; }

    /// <summary>How many datagrams ended so.</summary>
    public long this[Outcome outcome]
    {
        get => _counts[(int)outcome];
        internal set => _counts[(int)outcome] = value;
    }

    /// <summary>How many datagrams have ended.</summary>
    public long Settled => _counts.Sum();
}
