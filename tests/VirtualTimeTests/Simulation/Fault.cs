using System.Globalization;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>What can go wrong.</summary>
enum Trouble
{
    // ---- processes and their files
    Kill, Listen, Stop, Resume, Unlink, Recreate,

    // ---- how a backend behaves, until it is healed
    Slow, Mute, HelloSlow, HelloNever, BeatSlow, BeatNever, Busy, Hang, Squeeze, Pieces, Heal,

    // ---- what a backend does to its connection, or says on it
    Close, Break, HalfFrame, Garbage, UnknownFrame, Oversized, HelloAgain, BeatUnasked, Stray,
    StrayPort, Impostor,

    // ---- the rest of the world
    Unreadable, Readable, Silent, Hinting, Stall, Flood, Refuse, Accept, Pause,

    // ---- the operator
    Drain, Enable, DrainNobody, Pin, Unpin, Move,
}

/// <summary>One of these, at its time.</summary>
/// <param name="At">When, since the run began.</param>
/// <param name="What">What happens.</param>
/// <param name="Backend">To which backend, by place; of no account where none is meant.</param>
/// <param name="Amount">How much of it, 0 to 999.</param>
sealed record Fault(TimeSpan At, Trouble What, int Backend, int Amount)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{What} {5301 + Backend} ({Amount})");
}
