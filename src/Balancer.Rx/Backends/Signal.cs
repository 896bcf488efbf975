using Balancer.Rx.Protocol;

namespace Balancer.Rx.Backends;

/// <summary>What moves a session from one state to the next.</summary>
internal abstract record Signal
{
    private Signal() { }

    /// <summary>The backend is known: begin.</summary>
    public sealed record Begin : Signal;

    /// <summary>
    /// The directory shows the socket; a new file if it was made since the last look.
    /// </summary>
    public sealed record Listed(bool Recreated) : Signal;

    /// <summary>The time a state had named has come.</summary>
    public sealed record Due(DateTimeOffset At) : Signal;

    /// <summary>Something of the link that belongs to this attempt.</summary>
    public sealed record Link(int Attempt, LinkEventKind Kind, string Error) : Signal;

    /// <summary>A control frame, or a datagram where none may be.</summary>
    public sealed record Heard(int Attempt, FrameType Type) : Signal;

    /// <summary>It owes something and has been silent for so long.</summary>
    public sealed record Silent(int Attempt, TimeSpan For) : Signal;

    /// <summary>It was suspect, and has said something.</summary>
    public sealed record Stirred(int Attempt) : Signal;

    /// <summary>It has answered a probe so; null: not at all.</summary>
    public sealed record Probed(int Attempt, int? Rcode) : Signal;

    /// <summary>It is not probed any more.</summary>
    public sealed record Unasked : Signal;

    /// <summary>It leaves, owes nothing any more, and another process waits in its place.</summary>
    public sealed record Replaced(int Attempt) : Signal;

    /// <summary>So far was it trusted by the process whose place is taken.</summary>
    public sealed record Inherited(Trust Trust, Fitness Fitness) : Signal;

    /// <summary>Bytes that are no frame.</summary>
    public sealed record Garbled(int Attempt, FrameRead What) : Signal;
}
