using System.Diagnostics;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>Many seeds, over all cores, until one fails.</summary>
static class Campaign
{
    const ulong Share = 10_000;

    /// <summary>
    /// Runs these seeds; the story of the lowest that fails, or null. Tells how far it is.
    /// </summary>
    public static string? Run(ulong first, ulong count, TextWriter? progress = null)
    {
        var clock = Stopwatch.StartNew();
        for (ulong done = 0; done < count; done += Share)
        {
            var share = (long)Math.Min(Share, count - done);
            if (RunShare(first + done, share) is { } failure)
                return failure;
            progress?.WriteLine(
                $"{done + (ulong)share} seeds from {first} on, {clock.Elapsed.TotalSeconds:0} s");
        }
        return null;
    }

    static string? RunShare(ulong first, long count)
    {
        var failures = new string?[count];
        // Lowest first, so that what is reported does not depend on how the cores took turns.
        Parallel.For(0L, count, (i, loop) =>
        {
            failures[i] = Simulation.Run.Of(first + (ulong)i);
            if (failures[i] is not null)
                loop.Break();
        });
        return failures.FirstOrDefault(failure => failure is not null);
    }
}
