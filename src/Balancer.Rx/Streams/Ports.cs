namespace Balancer.Rx.Streams;

/// <summary>What a byte stream has to say; several at once are possible.</summary>
[Flags]
public enum StreamSignals
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An outbound stream is connected; it may be written.</summary>
    Connected = 1,

    /// <summary>There may be something to read, or its end.</summary>
    Readable = 2,

    /// <summary>It may take bytes again after <see cref="StreamStatus.Blocked"/>.</summary>
    Writable = 4,

    /// <summary>Broken, or could not be connected; <see cref="IByteStream.Error"/> tells.</summary>
    Broken = 8,
}

/// <summary>What became of a read or a write.</summary>
public enum StreamStatus
{
    /// <summary>Bytes were moved.</summary>
    Moved,

    /// <summary>Not now; a signal will come.</summary>
    Blocked,

    /// <summary>The other side has ended its half (reads only).</summary>
    Ended,

    /// <summary>The stream is of no use any more.</summary>
    Broken,
}

/// <summary>The status of a read or write, and how many bytes it moved.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Bytes">How many bytes, if <see cref="StreamStatus.Moved"/>.</param>
public readonly record struct StreamResult(StreamStatus Status, int Bytes = 0);

/// <summary>
/// A non-blocking byte stream: a client's TCP connection or one to a backend. Signals are
/// edge-triggered, come on the core's scheduler, and never from within a call of this interface or
/// of <see cref="IObservable{T}.Subscribe"/>. Never throws. Dispose closes at once.
/// </summary>
public interface IByteStream : IDisposable
{
    /// <summary>
    /// Its signals, for one subscriber: what is so already is signalled after the subscription, an
    /// outbound connection begins with it. Never completes and never errs.
    /// </summary>
    IObservable<StreamSignals> Signals { get; }

    /// <summary>What broke it, for people; empty while nothing did.</summary>
    string Error { get; }

    /// <summary>Takes what has arrived, without waiting; after a break, what came before it first.
    /// </summary>
    StreamResult Read(Span<byte> into);

    /// <summary>Gives as much as it takes, without waiting.</summary>
    StreamResult Write(ReadOnlySpan<byte> from);

    /// <summary>Ends our half: the other side reads the end after what was written.</summary>
    void EndWrite();

    /// <summary>
    /// Closes at once, with a reset instead of an end (SO_LINGER 0); disposing it then is harmless.
    /// </summary>
    void Abort();
}

/// <summary>A client's connection as it comes from the listener.</summary>
/// <param name="Client">Who it is.</param>
/// <param name="Stream">Its bytes.</param>
public readonly record struct AcceptedStream(ClientEndpoint Client, IByteStream Stream);

/// <summary>The listeners' side: client connections as they are accepted.</summary>
public interface IStreamListener
{
    /// <summary>
    /// Accepted connections, on the core's scheduler and never from within Subscribe, for one
    /// subscriber; disposing the subscription stops accepting for good.
    /// </summary>
    IObservable<AcceptedStream> Accepted { get; }
}

/// <summary>The backends' side: opens a connection of its own for a client.</summary>
public interface IStreamConnector
{
    /// <summary>
    /// Begins to connect to the socket at this path; the outcome comes as a signal. A full listen
    /// queue (EAGAIN) is retried inside, it is not an outcome.
    /// </summary>
    IByteStream Connect(string path);
}

/// <summary>A backend that a client's connection may go to.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Path">Its socket.</param>
public readonly record struct StreamTarget(BackendId Id, string Path);

/// <summary>The same choice as for datagrams: primary, else backup (T2).</summary>
public interface IStreamRoutes
{
    /// <summary>
    /// The backend for this client, other than those already tried for this connection; null if
    /// there is none. Admits the client as a remote if it is new.
    /// </summary>
    StreamTarget? Pick(ClientAddress client, ReadOnlySpan<BackendId> tried);

    /// <summary>
    /// Counts a connection of this client, once for each that was routed: established with this
    /// backend, or ended before any had taken it (X1 tcp, X2 tcp and tcp_drop).
    /// </summary>
    void Count(ClientAddress client, BackendId? backend, bool established);
}
