// A CONNECTION: what one balancer opens to us, and the two things it can become.
//
//   Opening ──CLIENT_HELLO──► Session ──INBOUND_TCP──► Stream
//      └──────────────────INBOUND_TCP────────────────────┘
//
// A session carries the datagrams of all clients, and heartbeats. A stream carries the bytes of one
// client: DNS messages behind two bytes of length, any number at once, answered in any order; after
// the client's FIN what is outstanding is answered, then our FIN follows (E3, E6). One loop reads;
// answers may come from any thread and meet in the outbox. Reading pauses while the balancer does
// not take its answers, or a client has too many queries outstanding: nothing grows without end.
// A frame that cannot be read ends this connection and no other (E8).
//
// Not promised: that a datagram's answer arrives (a slow reader's are dropped and counted).

using System.Buffers.Binary;
using System.Net.Sockets;

namespace Balancer.Backend;

internal sealed class Connection : IDisposable
{
    private readonly Socket _socket;
    private readonly QueryFeed _feed;
    private readonly BackendServerOptions _options;
    private readonly Inbox _inbox;
    private readonly Outbox _outbox;
    private readonly Conversation _talk;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _ends;
    private volatile bool _idle;
    private long _movedAt;

    public Connection(Socket socket, QueryFeed feed, BackendServerOptions options)
    {
        _socket = socket;
        _feed = feed;
        _options = options;
        _inbox = new(socket);
        _outbox = new(socket);
        _talk = new(this, feed, options.MaxOutstanding, _inbox, _outbox);
        Moved();
    }

    /// <summary>Serves the connection until it has ended. Never fails.</summary>
    public async Task RunAsync()
    {
        // The accepting loop goes on while this one serves.
        await Task.Yield();
        try
        {
            var peerEnded = await ReadAsync();
            await FinishAsync(peerEnded);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The peer reset it, or this side gave it up: for a connection, an end like others.
        }
        catch (Exception e)
        {
            _feed.Report(new(BackendErrorKind.Connection, e.Message, e));
        }
        finally
        {
            Dispose();
            _socket.Dispose();
        }
    }

    /// <summary>Queues the one answer of a query.</summary>
    public AnswerOutcome Answer(Query query, ReadOnlySpan<byte> message)
    {
        Span<byte> head = stackalloc byte[FrameSize.DatagramHeader];
        AnswerOutcome outcome;
        if (query.Transport is QueryTransport.Udp)
        {
            FrameWriter.DatagramHeader(head, FrameType.OutboundUdp, query.Client, message.Length);
            outcome = _outbox.Add(head, message, Outbox.Limit);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)message.Length);
            outcome = _outbox.Add(head[..sizeof(ushort)], message, long.MaxValue);
        }
        _feed.Answered(outcome);
        Settle();
        return outcome;
    }

    /// <summary>A query has been answered, or will not be.</summary>
    public void Settle()
    {
        Moved();
        _talk.Outstanding.Fall(1);
    }

    /// <summary>Reads no further; what is outstanding is answered, then it ends.</summary>
    public void Stop()
    {
        if (_idle)
            Dispose();
        else
            _stop.Cancel();
    }

    /// <summary>Ends now.</summary>
    public void Dispose()
    {
        _outbox.Close();
        _abort.Cancel();
        _stop.Cancel();
    }

    /// <summary>Closes what has been quiet too long; called about once a second.</summary>
    public void Tick(DateTimeOffset now)
    {
        var waits = _talk.Outstanding.Value > 0 || _outbox.Queued.Value > 0;
        var opening = _talk.Kind is ConnectionKind.Opening;
        var patience = waits || opening ? _options.AnswerPatience : _options.IdleAfter;
        if (now.UtcTicks - Interlocked.Read(ref _movedAt) < patience.Ticks)
            return;
        if (_ends || opening || (waits && _talk.Kind is ConnectionKind.Stream))
        {
            Dispose();
        }
        else if (_talk.Kind is ConnectionKind.Stream)
        {
            _idle = true;
            _stop.Cancel();
        }
    }

    /// <summary>Reads and serves; true when the peer has ended, false when told to stop.</summary>
    private async Task<bool> ReadAsync()
    {
        try
        {
            while (await _inbox.FillAsync(_stop.Token))
            {
                Moved();
                Served served;
                do
                {
                    served = _talk.ServeBurst();
                    if (served is Served.Broken)
                        Dispose();
                    await _talk.RoomAsync(_stop.Token);
                }
                while (served is Served.Paused);
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Answers what is outstanding and says FIN. Who was only idle may then end in its own time:
    /// a close would reset what it is just sending.
    /// </summary>
    private async Task FinishAsync(bool peerEnded)
    {
        _ends = true;
        _abort.Token.ThrowIfCancellationRequested();
        if (peerEnded && _talk.Kind is not ConnectionKind.Stream)
            return;
        await _talk.Outstanding.AtMostAsync(0, _abort.Token);
        await _outbox.Queued.AtMostAsync(0, _abort.Token);
        Moved();
        _socket.Shutdown(SocketShutdown.Send);
        while (_idle && await _inbox.FillAsync(_abort.Token))
            _inbox.Take(_inbox.Bytes.Length);
    }

    private void Moved() => Interlocked.Exchange(ref _movedAt, _options.Scheduler.Now.UtcTicks);
}
