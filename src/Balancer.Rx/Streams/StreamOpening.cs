using System.Diagnostics;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Streams;

/// <summary>
/// The talk with a backend before it has taken the connection. What the client says meanwhile is
/// sent along behind INBOUND_TCP (E3 allows it) and kept, so that another backend can be told the
/// same; its end is only remembered (T5). The answer is read alone: what the backend sends behind
/// it stays in the socket for the splice.
/// </summary>
/// <param name="client">The client's side.</param>
/// <param name="backend">The backend's side.</param>
/// <param name="held">INBOUND_TCP and what the client has said.</param>
/// <param name="buffers">The loop's buffers.</param>
internal sealed class StreamOpening(
    StreamSide client, StreamSide backend, HeldBytes held, StreamBuffers buffers)
{
    private readonly byte[] _answer = new byte[FrameSize.Bare];
    private int _answered;

    /// <summary>Moves what can be moved, and tells where that leads.</summary>
    public StreamState Turn()
    {
        Debug.Assert(_answered < FrameSize.Bare, "the answer is read once");
        Hear();
        if (client.IsBroken)
            return new StreamState.Done(StreamEnd.ClientError);
        if (backend.IsConnected)
            Tell();
        else if (!backend.IsBroken)
            return StreamState.Opening.It;
        return ReadAnswer();
    }

    private void Hear()
    {
        while (!client.IsBroken && !client.HasEnded && held.Room > 0)
        {
            var room = Math.Min(held.Room, buffers.Size);
            var read = client.Read(buffers.Scratch[..room]);
            if (read.Status is not StreamStatus.Moved)
                return;
            held.Append(buffers.Scratch[..read.Bytes]);
        }
    }

    /// <summary>A write that breaks is not judged here: there may be an answer to read.</summary>
    private void Tell()
    {
        while (!held.IsEmpty)
        {
            var written = backend.Write(held.Unwritten);
            if (written.Status is not StreamStatus.Moved)
                return;
            held.Wrote(written.Bytes);
        }
    }

    private StreamState ReadAnswer()
    {
        while (_answered < FrameSize.Bare)
        {
            var read = backend.Read(_answer.AsSpan(_answered));
            switch (read.Status)
            {
                case StreamStatus.Moved:
                    _answered += read.Bytes;
                    break;
                case StreamStatus.Ended:
                    return new StreamState.Refused("closed before INBOUND_TCP_OK");
                case StreamStatus.Broken:
                    return new StreamState.Refused(backend.Error);
                default:
                    return backend.IsBroken
                        ? new StreamState.Refused(backend.Error)
                        : StreamState.Confirming.It;
            }
        }
        return StreamRules.AfterAnswer(_answer);
    }
}
