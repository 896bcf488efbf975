namespace Balancer.Rx;

// Of clients that come over TCP: deadlines, limits and the bounds on what they hold. None of the
// limits has another value under Compat: what they guard against were faults (W3, W4, W5).
public sealed partial record BalancerOptions
{
    /// <summary>From connect to INBOUND_TCP_OK, on one backend (M10).</summary>
    public TimeSpan StreamOpenPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many backends are tried for one client connection (the original: one, T6).
    /// </summary>
    public int StreamConnectAttempts { get; init; } = 3;

    /// <summary>A connection on which nothing has moved for so long is ended (W4).</summary>
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After one side has closed, how long nothing may move before the other is cut (W4).
    /// </summary>
    public TimeSpan StreamHalfClosed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A client that has said nothing since it connected, and not ended either, is ended after so
    /// long (W4).
    /// </summary>
    public TimeSpan StreamFirstByte { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that a connection lasts, whatever moves on it (W4).</summary>
    public TimeSpan StreamLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The most client connections at once (W3). At this limit the idlest gives way to a newer one,
    /// or the newer one is refused if all are busy.
    /// </summary>
    public int MaxStreams { get; init; } = 16_384;

    /// <summary>
    /// At <see cref="MaxStreams"/>, the idlest gives way if nothing has moved on it for so long.
    /// </summary>
    public TimeSpan StreamGivesWayAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most connections of one client address at once; newer ones are refused (T7). May be
    /// over <see cref="MaxStreams"/>, which then holds alone.
    /// </summary>
    public int MaxStreamsPerClient { get; init; } = 512;

    /// <summary>The same for all addresses of a prefix together; at least as many.</summary>
    public int MaxStreamsPerPrefix { get; init; } = 4_096;

    /// <summary>How many leading bits of their addresses a prefix has in common, 1 to 32.</summary>
    public int StreamPrefixBits { get; init; } = 24;

    /// <summary>What one direction of one connection may hold here, in bytes (W5).</summary>
    public int StreamBuffer { get; init; } = 64 * 1024;

    private void EnsureStreamsAgree()
    {
        Ensure(StreamConnectAttempts > 0, "at least one backend is tried");
        Ensure(StreamBuffer >= 4_096, "StreamBuffer >= 4096");
        Ensure(StreamFirstByte > TimeSpan.Zero, "StreamFirstByte is positive");
        Ensure(StreamFirstByte <= StreamIdle, "StreamFirstByte <= StreamIdle");
        Ensure(StreamHalfClosed > TimeSpan.Zero, "StreamHalfClosed is positive");
        Ensure(StreamHalfClosed <= StreamIdle, "StreamHalfClosed <= StreamIdle");
        Ensure(StreamIdle <= StreamLifetime, "StreamIdle <= StreamLifetime");
        Ensure(StreamOpenPatience <= StreamLifetime, "StreamOpenPatience <= StreamLifetime");
        Ensure(StreamGivesWayAfter >= TimeSpan.Zero, "StreamGivesWayAfter is not negative");
        Ensure(StreamGivesWayAfter <= StreamIdle, "StreamGivesWayAfter <= StreamIdle");
        Ensure(MaxStreams > 0, "MaxStreams is positive");
        Ensure(MaxStreamsPerClient > 0, "MaxStreamsPerClient is positive");
        Ensure(
            MaxStreamsPerClient <= MaxStreamsPerPrefix,
            "MaxStreamsPerClient <= MaxStreamsPerPrefix");
        Ensure(StreamPrefixBits is >= 1 and <= 32, "StreamPrefixBits is 1 to 32");
    }
}
