namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// What the core promises beyond the rules that hold from the first day: here, and nowhere else,
/// the stricter rules are switched on when the core has learned to keep them.
/// </summary>
static class Promises
{
    /// <summary>
    /// Unanswered questions of a backend that dies or goes silent are asked again of another: no
    /// query is lost while one is well, and a backend may read one that another has read.
    /// </summary>
    public static bool Replays { get; }

    /// <summary>A live backend may be left out for a while: hold-down, slow start, drain.</summary>
    public static bool HoldsDown { get; }

    /// <summary>While nothing carries, datagrams are kept for a moment.</summary>
    public static bool Parks { get; }
}
