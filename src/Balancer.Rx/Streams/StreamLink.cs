namespace Balancer.Rx.Streams;

/// <summary>What a turn led to.</summary>
/// <param name="State">Where the connection stands.</param>
/// <param name="Unfinished">There is more to do than one turn may; it wants another.</param>
/// <param name="HasMoved">A byte was read or written.</param>
internal readonly record struct StreamTurn(
    StreamState State, bool Unfinished, bool HasMoved = false);

/// <summary>
/// A client tied to one backend: first the opening, then the splice. Moves bytes when it is given a
/// turn, tells whether any moved, and knows nothing of deadlines. Closing it closes the
/// backend's side and gives its memory back; the client's side belongs to the proxy.
/// </summary>
internal sealed class StreamLink
{
    /// <summary>What one direction may move in one turn, in bytes: half of 256 KiB.</summary>
    public const int Share = 128 * 1024;

    private readonly StreamSide _client;
    private readonly StreamSide _backend;
    private readonly HeldBytes _held;
    private readonly HeldBytes _heldBack;
    private readonly StreamOpening _opening;
    private readonly StreamFlow _up;
    private readonly StreamFlow _down;

    /// <param name="client">The client's side.</param>
    /// <param name="backend">A connection to the backend that has begun.</param>
    /// <param name="held">What the client has said so far; outlives this link.</param>
    /// <param name="buffers">The loop's buffers.</param>
    public StreamLink(
        StreamSide client,
        IByteStream backend,
        HeldBytes held,
        StreamBuffers buffers)
    {
        _client = client;
        _backend = new(backend, StreamSignals.None);
        _held = held;
        _heldBack = new(buffers, keeps: false);
        _opening = new(client, _backend, held, buffers);
        _up = new(client, _backend, held, buffers);
        _down = new(_backend, client, _heldBack, buffers);
    }

    /// <summary>Calls this whenever the backend's side has signalled; begins to connect.</summary>
    public void Listen(Action wake) => _backend.Listen(wake);

    /// <summary>Where it stands.</summary>
    public StreamState State { get; private set; } = StreamState.Opening.It;

    /// <summary>Bytes on their way to the client that it has not taken yet.</summary>
    public int HeldBack => _heldBack.Count;

    /// <summary>What broke the backend's side, for people; empty while nothing did.</summary>
    public string Error => _backend.Error;

    private long Moved => _client.BytesRead + _client.BytesWritten
        + _backend.BytesRead + _backend.BytesWritten;

    /// <summary>Moves what can be moved now, within its share.</summary>
    public StreamTurn Turn()
    {
        var before = Moved;
        var turn = State switch
        {
            StreamState.Opening or StreamState.Confirming => Open(),
            StreamState.Splicing => Splice(),
            _ => new(State, Unfinished: false),
        };
        State = turn.State;
        return turn with { HasMoved = Moved != before };
    }

    /// <summary>Closes the backend's side; with a reset, unless it came to its end.</summary>
    public void Close(bool orderly)
    {
        _heldBack.Release();
        _backend.Close(orderly);
    }

    /// <summary>The first turn of the splice follows by itself, once all know of the OK.</summary>
    private StreamTurn Open()
    {
        var state = _opening.Turn();
        var isOpen = state is StreamState.Splicing;
        if (isOpen)
            _held.StopKeeping();
        return new(state, Unfinished: isOpen);
    }

    /// <summary>What the backend has said comes first: it may have broken since.</summary>
    private StreamTurn Splice()
    {
        if (_client.IsBroken)
            return new(new StreamState.Done(StreamEnd.ClientError), Unfinished: false);
        var down = _down.Move(Share);
        var up = _client.IsBroken ? FlowState.SourceBroken : _up.Move(Share);
        return new(
            StreamRules.AfterMoving(up, down, _client.HasEnded, _backend.HasEnded),
            Unfinished: up is FlowState.Unfinished || down is FlowState.Unfinished);
    }
}
