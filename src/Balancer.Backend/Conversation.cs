using System.Buffers.Binary;

namespace Balancer.Backend;

/// <summary>What a connection has turned out to be.</summary>
internal enum ConnectionKind
{
    /// <summary>It has not said yet.</summary>
    Opening,

    /// <summary>A balancer's session: datagrams and heartbeats.</summary>
    Session,

    /// <summary>One client's TCP bytes.</summary>
    Stream,
}

/// <summary>How far a burst could be served.</summary>
internal enum Served
{
    /// <summary>All of it; what is left in the inbox is incomplete.</summary>
    All,

    /// <summary>Not all: the peer has to take answers first, or the client to get some.</summary>
    Paused,

    /// <summary>Something that cannot be read: the connection is to be closed.</summary>
    Broken,
}

/// <summary>
/// The talk on one connection: takes frames, then DNS messages, out of the inbox, answers hellos
/// and heartbeats at once and hands queries to the feed. Runs on the reading loop only.
/// </summary>
internal sealed class Conversation(
    Connection connection, QueryFeed feed, int maxOutstanding, Inbox inbox, Outbox outbox)
{
    private volatile ConnectionKind _kind;
    private ClientEndpoint _client;

    public ConnectionKind Kind => _kind;

    /// <summary>Queries that wait for their answers.</summary>
    public Level Outstanding { get; } = new();

    /// <summary>Serves all that the inbox holds whole; replies leave in one piece.</summary>
    public Served ServeBurst()
    {
        outbox.Hold();
        try
        {
            var served = Kind is ConnectionKind.Stream ? Served.All : ServeFrames();
            return served is Served.All && Kind is ConnectionKind.Stream ? ServeMessages() : served;
        }
        finally
        {
            outbox.Release();
        }
    }

    /// <summary>Waits until there is room for the answers to more.</summary>
    public async ValueTask RoomAsync(CancellationToken stop)
    {
        if (Kind is ConnectionKind.Stream)
            await Outstanding.AtMostAsync(maxOutstanding - 1, stop);
        await outbox.Queued.AtMostAsync(Outbox.Pause, stop);
    }

    private bool HasRoom => outbox.Queued.Value <= Outbox.Pause
        && (Kind is not ConnectionKind.Stream || Outstanding.Value < maxOutstanding);

    private Served ServeFrames()
    {
        var reader = FrameReader.FromBalancer(inbox.Bytes);
        while (Kind is not ConnectionKind.Stream)
        {
            if (!HasRoom)
                return Taken(reader.Position, Served.Paused);
            var read = reader.Next(out var frame);
            if (read is FrameRead.Incomplete)
                return Taken(reader.Position, Served.All);
            if (read is not FrameRead.Complete)
                return Broken($"a frame that cannot be read: {read}");
            if (!ServeFrame(frame))
                return Broken($"a frame out of place: {frame.Type}, port {frame.Port}");
        }
        return Taken(reader.Position, Served.All);
    }

    private bool ServeFrame(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.ClientHello when Kind is ConnectionKind.Opening:
                _kind = ConnectionKind.Session;
                Reply(FrameType.ServerHello);
                return true;
            case FrameType.ClientHeartbeat when Kind is ConnectionKind.Session:
                Reply(FrameType.ServerHeartbeat);
                return true;
            case FrameType.InboundUdp
                when Kind is ConnectionKind.Session && frame.Port <= ushort.MaxValue:
                Deliver(new(frame.Address, (ushort)frame.Port), QueryTransport.Udp, frame.Data);
                return true;
            case FrameType.InboundTcp when frame.Port <= ushort.MaxValue:
                _client = new(frame.Address, (ushort)frame.Port);
                _kind = ConnectionKind.Stream;
                Reply(FrameType.InboundTcpOk);
                return true;
            default:
                return false;
        }
    }

    private Served ServeMessages()
    {
        while (BinaryPrimitives.TryReadUInt16BigEndian(inbox.Bytes, out var length)
            && inbox.Bytes.Length >= sizeof(ushort) + length)
        {
            if (!HasRoom)
                return Served.Paused;
            var message = inbox.Bytes.Slice(sizeof(ushort), length);
            inbox.Take(sizeof(ushort) + length);
            Deliver(_client, QueryTransport.Tcp, message);
        }
        return Served.All;
    }

    private void Deliver(
        ClientEndpoint client, QueryTransport transport, ReadOnlySpan<byte> message)
    {
        Outstanding.Rise(1);
        feed.Deliver(new(connection, client, transport, message.ToArray()));
    }

    private void Reply(FrameType type)
    {
        Span<byte> frame = stackalloc byte[FrameSize.Bare];
        FrameWriter.Bare(frame, type);
        // Always has room: the connection is read no faster than its replies are taken.
        outbox.Add(frame, default, long.MaxValue);
    }

    private Served Taken(int count, Served served)
    {
        inbox.Take(count);
        return served;
    }

    private Served Broken(string detail)
    {
        feed.Report(new(BackendErrorKind.BrokenFrame, detail));
        return Served.Broken;
    }
}
