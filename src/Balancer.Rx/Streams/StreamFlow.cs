using System.Diagnostics;

namespace Balancer.Rx.Streams;

/// <summary>How one direction stands after it has moved what it could.</summary>
internal enum FlowState
{
    /// <summary>A signal of one of the sides will take it further.</summary>
    Waiting,

    /// <summary>There is more to move, but its share of this turn is used up.</summary>
    Unfinished,

    /// <summary>The source has ended, all was written, and the end was passed on.</summary>
    Passed,

    /// <summary>The source is broken.</summary>
    SourceBroken,

    /// <summary>The sink is broken.</summary>
    SinkBroken,
}

/// <summary>
/// One direction of a connection. What is read goes straight to the sink; what the sink does not
/// take is held, and until that is flushed nothing more is read: so never more than one scratch
/// full is held (W5), and nothing at all while the connection is idle (M18).
/// </summary>
internal sealed class StreamFlow(
    StreamSide from, StreamSide to, HeldBytes held, StreamBuffers buffers)
{
    private bool _isPassed;

    /// <summary>Moves bytes until a side blocks, ends or breaks, or the share is used up.</summary>
    /// <param name="share">How many bytes may be read in this turn.</param>
    public FlowState Move(int share)
    {
        while (true)
        {
            if (!held.IsEmpty && Flush() is not StreamStatus.Moved and var stuck)
                return stuck is StreamStatus.Blocked ? FlowState.Waiting : FlowState.SinkBroken;
            if (!held.IsEmpty)
                continue;
            if (from.HasEnded)
                return PassEnd();
            if (share <= 0)
                return FlowState.Unfinished;
            Debug.Assert(to.CanWrite, "a sink that blocks has left bytes held");

            var read = from.Read(buffers.Scratch);
            if (read.Status is StreamStatus.Blocked)
                return FlowState.Waiting;
            if (read.Status is StreamStatus.Broken)
                return FlowState.SourceBroken;
            if (read.Status is StreamStatus.Moved && !Pass(buffers.Scratch[..read.Bytes]))
                return FlowState.SinkBroken;
            share -= read.Bytes;
        }
    }

    private StreamStatus Flush()
    {
        var written = to.Write(held.Unwritten);
        held.Wrote(written.Bytes);
        return written.Status;
    }

    private bool Pass(ReadOnlySpan<byte> bytes)
    {
        var written = to.Write(bytes);
        held.Append(bytes[written.Bytes..]);
        return written.Status is not StreamStatus.Broken;
    }

    private FlowState PassEnd()
    {
        if (!_isPassed)
            to.EndWrite();
        _isPassed = true;
        return FlowState.Passed;
    }
}
