using System.Diagnostics;

namespace Balancer.Rx.Streams;

/// <summary>
/// One end of a client connection: a byte stream, and what its edge-triggered signals have said so
/// far. A read or write that cannot succeed now is answered here, without a system call.
/// </summary>
/// <param name="stream">The stream; this side closes it.</param>
/// <param name="ready">What is known of it already.</param>
internal sealed class StreamSide(IByteStream stream, StreamSignals ready)
    : IObserver<StreamSignals>
{
    private StreamSignals _ready = ready;
    private Action? _wake;
    private IDisposable? _signals;
    private bool _isClosed;

    /// <summary>Calls this after each signal, once it is noted, until it is closed.</summary>
    public void Listen(Action wake)
    {
        _wake = wake;
        _signals = stream.Signals.Subscribe(this);
    }

    /// <summary>It may be used.</summary>
    public bool IsConnected => _ready.HasFlag(StreamSignals.Connected);

    /// <summary>It has said so, or a read or write has.</summary>
    public bool IsBroken => _ready.HasFlag(StreamSignals.Broken);

    /// <summary>It may take bytes.</summary>
    public bool CanWrite => _ready.HasFlag(StreamSignals.Writable);

    /// <summary>Its end was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Bytes read from it.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes written to it.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>What broke it, for people.</summary>
    public string Error => stream.Error;

    /// <summary>Takes what has arrived; Blocked without asking if nothing was signalled.</summary>
    public StreamResult Read(Span<byte> into)
    {
        Debug.Assert(!_isClosed && !HasEnded && into.Length > 0, "there is something to read for");
        if (!_ready.HasFlag(StreamSignals.Readable))
            return new(StreamStatus.Blocked);

        var read = stream.Read(into);
        Debug.Assert(read.Bytes <= into.Length);
        Note(read.Status, StreamSignals.Readable);
        HasEnded = read.Status is StreamStatus.Ended;
        BytesRead += read.Bytes;
        return read;
    }

    /// <summary>Gives as much as it takes; Blocked without asking if it was blocked.</summary>
    public StreamResult Write(ReadOnlySpan<byte> from)
    {
        Debug.Assert(!_isClosed && from.Length > 0, "there is something to write");
        if (!CanWrite)
            return new(StreamStatus.Blocked);

        var written = stream.Write(from);
        Debug.Assert(written.Bytes <= from.Length && written.Status is not StreamStatus.Ended);
        Note(written.Status, StreamSignals.Writable);
        BytesWritten += written.Bytes;
        return written;
    }

    /// <summary>Ends our half.</summary>
    public void EndWrite() => stream.EndWrite();

    /// <summary>Closes it, with an end or with a reset; once.</summary>
    public void Close(bool orderly)
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _signals?.Dispose();
        if (!orderly)
            stream.Abort();
        stream.Dispose();
    }

    void IObserver<StreamSignals>.OnNext(StreamSignals signals)
    {
        Note(signals);
        _wake!();
    }

    // A byte stream never completes and never errs.
    void IObserver<StreamSignals>.OnCompleted() => throw new UnreachableException();

    void IObserver<StreamSignals>.OnError(Exception error) => throw new UnreachableException();

    /// <summary>
    /// A stream that breaks may still hold bytes that came before: they are read first, and the
    /// read after them tells. So breaking makes it readable and writable.
    /// </summary>
    private void Note(StreamSignals signals)
    {
        if ((signals & (StreamSignals.Connected | StreamSignals.Broken)) != 0)
            signals |= StreamSignals.Writable;
        if (signals.HasFlag(StreamSignals.Broken))
            signals |= StreamSignals.Readable;
        _ready |= signals;
    }

    private void Note(StreamStatus status, StreamSignals tried)
    {
        if (status is StreamStatus.Blocked)
            _ready &= ~tried;
        if (status is StreamStatus.Broken)
            Note(StreamSignals.Broken);
    }
}
