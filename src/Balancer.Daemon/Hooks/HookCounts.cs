using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Hooks;

/// <summary>What became of an event that a hook is called for.</summary>
internal enum HookOutcome
{
    /// <summary>The program has ended with 0, the call was answered with 2xx.</summary>
    Done,

    /// <summary>It could not be started, ended otherwise, or was answered otherwise.</summary>
    Failed,

    /// <summary>Not done at its deadline, and ended.</summary>
    TimedOut,

    /// <summary>Not called for it: something newer had happened to the same.</summary>
    Suppressed,
}

/// <summary>How often what became of events of each kind; counted on one thread, read by any.
/// </summary>
internal sealed class HookCounts
{
    private static readonly int Outcomes = Enum.GetValues<HookOutcome>().Length;

    private static readonly (string Event, string Outcome)[] Names =
    [
        .. from kind in Enum.GetValues<HookKind>()
           from outcome in Enum.GetValues<HookOutcome>()
           select (HookEvent.Word(kind), Field.Of(outcome)),
    ];

    private readonly long[] _counts = new long[Enum.GetValues<HookKind>().Length * Outcomes];

    /// <summary>Once more.</summary>
    public void Count(HookKind kind, HookOutcome outcome) =>
        Interlocked.Increment(ref _counts[(int)kind * Outcomes + (int)outcome]);

    /// <summary>By kind, then by outcome.</summary>
    public long[] Now() => [.. Enumerable.Range(0, _counts.Length)
        .Select(at => Interlocked.Read(ref _counts[at]))];

    /// <summary>What was returned by <see cref="Now"/>, in words.</summary>
    public static IEnumerable<(string Event, string Outcome, long Count)> Each(
        IReadOnlyList<long> counts) =>
        Names.Zip(counts, (name, count) => (name.Event, name.Outcome, count));
}
