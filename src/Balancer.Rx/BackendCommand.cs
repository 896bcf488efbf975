namespace Balancer.Rx;

/// <summary>What an operator may order: the whole set.</summary>
public abstract record BackendCommand
{
    private BackendCommand() { }

    /// <summary>The backend that it names, which must be known; null: it names none.</summary>
    internal abstract BackendId? Names { get; }

    /// <summary>
    /// No new queries while anybody else can carry them; what it owes it may finish. Holds until
    /// <see cref="Enable"/>, whatever becomes of its process.
    /// </summary>
    public sealed record Drain(BackendId Id) : BackendCommand
    {
        internal override BackendId? Names => Id;
    }

    /// <summary>Takes a <see cref="Drain"/> back.</summary>
    public sealed record Enable(BackendId Id) : BackendCommand
    {
        internal override BackendId? Names => Id;
    }

    /// <summary>
    /// This backend is the client's, and stays it: nothing moves it until <see cref="Unpin"/>, or
    /// for so long (null: for ever). Pinned again, the last word counts.
    /// </summary>
    public sealed record Pin(ClientAddress Client, BackendId Backend, TimeSpan? For = null)
        : BackendCommand
    {
        internal override BackendId? Names => Backend;
    }

    /// <summary>
    /// Takes a <see cref="Pin"/> back. The client stays where it is, as anybody does, unless its
    /// backend is chosen by rendezvous.
    /// </summary>
    public sealed record Unpin(ClientAddress Client) : BackendCommand
    {
        internal override BackendId? Names => null;
    }

    /// <summary>
    /// This backend becomes the client's, once: it may be moved again later. It must be known.
    /// </summary>
    public sealed record Move(ClientAddress Client, BackendId Backend) : BackendCommand
    {
        internal override BackendId? Names => Backend;
    }

    /// <summary>Which of them this is.</summary>
    public CommandKind Kind => this switch
    {
        Drain => CommandKind.Drain,
        Enable => CommandKind.Enable,
        Pin => CommandKind.Pin,
        Unpin => CommandKind.Unpin,
        _ => CommandKind.Move,
    };

    /// <summary>The client that it names; the zero address: it names none.</summary>
    internal ClientAddress Of => this switch
    {
        Pin pin => pin.Client,
        Unpin unpin => unpin.Client,
        Move move => move.Client,
        _ => default,
    };
}

/// <summary>The names of the commands.</summary>
public enum CommandKind
{
    /// <summary><see cref="BackendCommand.Drain"/>.</summary>
    Drain,

    /// <summary><see cref="BackendCommand.Enable"/>.</summary>
    Enable,

    /// <summary><see cref="BackendCommand.Pin"/>.</summary>
    Pin,

    /// <summary><see cref="BackendCommand.Unpin"/>.</summary>
    Unpin,

    /// <summary><see cref="BackendCommand.Move"/>.</summary>
    Move,
}

/// <summary>Why a pin is over.</summary>
public enum UnpinnedBecause
{
    /// <summary>It was taken back (<see cref="BackendCommand.Unpin"/>).</summary>
    Ordered,

    /// <summary>It was for a time, and that is over.</summary>
    TimeIsOver,
}

/// <summary>Why a command was not obeyed.</summary>
public enum RefusedBecause
{
    /// <summary>It names a backend that is not known.</summary>
    UnknownBackend,

    /// <summary>It moves a client that has not asked lately.</summary>
    UnknownClient,

    /// <summary>It moves a client that is pinned to another backend.</summary>
    PinnedElsewhere,

    /// <summary>It unpins a client that is not pinned.</summary>
    NotPinned,

    /// <summary>There are <see cref="BalancerOptions.MaxPins"/> already.</summary>
    TooManyPins,

    /// <summary>It moves a client whose backend is chosen by rendezvous
    /// (<see cref="AffinityPolicy.Rendezvous"/>); it can be pinned.</summary>
    ChosenByWeight,
}
