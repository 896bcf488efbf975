using System.Diagnostics.CodeAnalysis;

namespace Balancer.Fuzz;

/// <summary>Something that must not be, whatever the input.</summary>
internal class Finding(string what) : Exception(what)
{
    /// <summary>This must hold.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds)
            throw new Finding(what);
    }
}

/// <summary>
/// Memory where there should be none. Apart, since a runtime that compiles as it goes may allocate
/// when code runs for the first time: only what is found again in a second run counts.
/// </summary>
internal sealed class AllocationFinding(long bytes, long bound)
    : Finding($"{bytes} bytes were allocated, and at most {bound} may be")
{
    /// <summary>At most so many bytes since <paramref name="before"/>.</summary>
    public static void Since(long before, long bound) =>
        Unless(GC.GetAllocatedBytesForCurrentThread() - before, bound);

    /// <summary>At most so many bytes.</summary>
    public static void Unless(long bytes, long bound)
    {
        if (bytes > bound)
            throw new AllocationFinding(bytes, bound);
    }
}
