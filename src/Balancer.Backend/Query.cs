namespace Balancer.Backend;

/// <summary>How a client asked.</summary>
public enum QueryTransport
{
    /// <summary>In a datagram.</summary>
    Udp,

    /// <summary>In a TCP connection, perhaps with other queries before and after it.</summary>
    Tcp,
}

/// <summary>What became of an answer.</summary>
public enum AnswerOutcome
{
    /// <summary>It is on its way to the balancer.</summary>
    Queued,

    /// <summary>The balancer or the client has gone; nobody waits for it any more.</summary>
    Gone,

    /// <summary>The balancer reads too slowly: the answer to a datagram was dropped.</summary>
    Dropped,

    /// <summary>It is empty or larger than the transport carries: 1,500 bytes in a datagram
    /// (M16), 65,535 in TCP. The query may still be answered with another one.</summary>
    WrongSize,

    /// <summary>The query had been answered or declined before.</summary>
    TooLate,
}

/// <summary>
/// One DNS message of a client. Each wants one <see cref="Answer"/> or one <see cref="Decline"/>;
/// either may come later, in any order and from any thread.
/// </summary>
public sealed class Query
{
    private readonly Connection _connection;
    private int _settled;

    internal Query(
        Connection connection, ClientEndpoint client, QueryTransport transport, byte[] message)
    {
        _connection = connection;
        Client = client;
        Transport = transport;
        Message = message;
    }

    /// <summary>Who asked: the client behind the balancer, not the balancer.</summary>
    public ClientEndpoint Client { get; }

    /// <summary>How it asked.</summary>
    public QueryTransport Transport { get; }

    /// <summary>
    /// The bytes as they came, without TCP's two bytes of length. Nobody has looked at them: they
    /// may be anything, of any length from 0. They are the query's own and may be kept.
    /// </summary>
    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>
    /// Sends a DNS message to the client; its bytes are copied before this returns. Never blocks,
    /// never throws.
    /// </summary>
    public AnswerOutcome Answer(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message.Length > Limit)
            return AnswerOutcome.WrongSize;
        return Interlocked.Exchange(ref _settled, 1) == 0
            ? _connection.Answer(this, message)
            : AnswerOutcome.TooLate;
    }

    /// <summary>
    /// Says that no answer will come. Without it a TCP client's connection waits for the answer,
    /// and so does the server when it is disposed. Does nothing when already answered.
    /// </summary>
    public void Decline()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
            _connection.Settle();
    }

    private int Limit =>
        Transport is QueryTransport.Udp ? FrameSize.MaxDatagram : ushort.MaxValue;
}
