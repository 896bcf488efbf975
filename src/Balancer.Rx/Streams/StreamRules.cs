using System.Diagnostics;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Streams;

/// <summary>What ends a connection in the state it is in, if nothing happens.</summary>
internal enum StreamPatience
{
    /// <summary>Nothing: it is over.</summary>
    None,

    /// <summary>From connect to INBOUND_TCP_OK, whatever moves meanwhile (M10).</summary>
    Open,

    /// <summary>While both halves are open, nothing has moved for so long.</summary>
    Idle,

    /// <summary>The same with one half closed (W4).</summary>
    HalfClosed,
}

/// <summary>What the deadlines of a connection count from.</summary>
/// <param name="Accepted">When it came.</param>
/// <param name="Since">Since when it has the patience that it has now.</param>
/// <param name="Moved">When a byte was last read or written.</param>
/// <param name="IsSilent">The client has said nothing so far, nor ended.</param>
internal readonly record struct StreamTimes(
    DateTimeOffset Accepted, DateTimeOffset Since, DateTimeOffset Moved, bool IsSilent);

/// <summary>What comes next if nothing happens.</summary>
/// <param name="At">When.</param>
/// <param name="End">How it ends then; null: only the attempt with this backend does.</param>
internal readonly record struct StreamDeadline(DateTimeOffset At, StreamEnd? End);

/// <summary>The decisions about a connection, apart from all effects.</summary>
internal static class StreamRules
{
    /// <summary>The patience that this state is given.</summary>
    public static StreamPatience PatienceFor(StreamState state) => state switch
    {
        StreamState.Opening or StreamState.Confirming => StreamPatience.Open,
        StreamState.Splicing { IsHalfClosed: true } => StreamPatience.HalfClosed,
        StreamState.Splicing => StreamPatience.Idle,
        _ => StreamPatience.None,
    };

    /// <summary>
    /// The earliest of all deadlines: that of the state, that of the first byte while there was
    /// none, and the end of its lifetime, which nothing that moves puts off.
    /// </summary>
    public static StreamDeadline NextDeadline(
        StreamState state, StreamTimes times, BalancerOptions options)
    {
        var quiet = times.Moved > times.Since ? times.Moved : times.Since;
        StreamDeadline ofState = PatienceFor(state) switch
        {
            StreamPatience.Open => new(times.Since + options.StreamOpenPatience, null),
            StreamPatience.Idle => new(quiet + options.StreamIdle, StreamEnd.Idle),
            StreamPatience.HalfClosed => new(quiet + options.StreamHalfClosed, StreamEnd.Idle),
            _ => throw new UnreachableException($"nothing is awaited in {state}"),
        };
        var next = Earlier(
            new(times.Accepted + options.StreamLifetime, StreamEnd.LifetimeOver), ofState);
        return times.IsSilent
            ? Earlier(new(times.Accepted + options.StreamFirstByte, StreamEnd.FirstByteLate), next)
            : next;
    }

    /// <summary>
    /// What the backend's first four bytes lead to. Anything but INBOUND_TCP_OK is a backend that
    /// does not speak the protocol: no retry, since it has answered (T4).
    /// </summary>
    public static StreamState AfterAnswer(ReadOnlySpan<byte> bytes)
    {
        var reader = FrameReader.FromBackend(bytes);
        var isOk = reader.Next(out var frame) is FrameRead.Complete
            && frame.Type is FrameType.InboundTcpOk;
        return isOk ? StreamState.Splicing.Of(false, false) : Done(StreamEnd.BackendError);
    }

    /// <summary>What the two directions together lead to (T5, T6).</summary>
    public static StreamState AfterMoving(
        FlowState up, FlowState down, bool clientEnded, bool backendEnded) => (up, down) switch
        {
            (FlowState.SourceBroken, _) or (_, FlowState.SinkBroken) =>
                Done(StreamEnd.ClientError),
            (FlowState.SinkBroken, _) or (_, FlowState.SourceBroken) =>
                Done(StreamEnd.BackendError),
            (FlowState.Passed, FlowState.Passed) => Done(StreamEnd.Finished),
            _ => StreamState.Splicing.Of(clientEnded, backendEnded),
        };

    /// <summary>
    /// Only an end that both sides wanted is passed on as an end. All others are resets, so that
    /// nobody takes a cut stream for a whole one (T6).
    /// </summary>
    public static bool IsOrderly(StreamEnd? end) => end is StreamEnd.Finished;

    private static StreamDeadline Earlier(StreamDeadline one, StreamDeadline other) =>
        one.At <= other.At ? one : other;

    private static StreamState.Done Done(StreamEnd end) => new(end);
}
