// A CAMPAIGN: so many inputs for a target, from one seed.
//
// Inputs come in chunks. A chunk begins with a fresh state and with lots of its own, drawn from
// seed, target and the chunk's number; so a finding is rerun by its chunk alone, whatever came
// before, and says by which command. The first finding ends the campaign: what a broken state does
// afterwards says nothing.
//
// Not promised: that the lots of two versions of this program draw the same inputs.

using System.Diagnostics;

namespace Balancer.Fuzz;

/// <summary>How a campaign ended.</summary>
/// <param name="Inputs">How many inputs there were.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Report">What was found, line by line; null: nothing.</param>
internal readonly record struct Verdict(long Inputs, TimeSpan Took, string? Report);

/// <summary>Runs one target.</summary>
internal static class Campaign
{
    /// <summary>So many steps from one fresh state to the next.</summary>
    public const int StepsPerChunk = 8_192;

    private const int RepeatsOfAllocations = 3;

    /// <summary>Runs this many inputs, or a few more, unless something is found.</summary>
    public static Verdict Run(ITarget target, ulong seed, long inputs)
    {
        var watch = Stopwatch.StartNew();
        var done = 0L;
        for (var chunk = 0L; done < inputs; chunk++)
        {
            var report = RunChunk(target, seed, chunk, inputs - done, out var count);
            done += count;
            if (report is not null)
                return new(done, watch.Elapsed, report);
        }
        return new(done, watch.Elapsed, null);
    }

    /// <summary>Runs one whole chunk of a campaign.</summary>
    public static Verdict RunOne(ITarget target, ulong seed, long chunk)
    {
        var watch = Stopwatch.StartNew();
        var report = RunChunk(target, seed, chunk, long.MaxValue, out var count);
        return new(count, watch.Elapsed, report);
    }

    private static string? RunChunk(
        ITarget target, ulong seed, long chunk, long inputs, out long count)
    {
        // The runtime allocates for itself at times; what the code allocates it allocates again.
        var failure = Try(target, seed, chunk, inputs, out count);
        for (var more = RepeatsOfAllocations; more > 0 && failure is AllocationFinding; more--)
            failure = Try(target, seed, chunk, inputs, out count);
        return failure is null ? null : Report(target, seed, chunk, count, failure);
    }

    private static Exception? Try(
        ITarget target, ulong seed, long chunk, long inputs, out long count)
    {
        count = 0;
        var lot = new Lot(seed, target.Name, chunk);
        // Whatever it is: that it was thrown is the finding.
        try
        {
            target.Begin(ref lot);
            for (var step = 0; step < StepsPerChunk && count < inputs; step++)
                count += target.Step(ref lot);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static string Report(
        ITarget target, ulong seed, long chunk, long count, Exception failure) =>
        $"""
        {target.Name}: {(failure is Finding ? failure.Message : $"{failure}")}
        seed {seed}, chunk {chunk}, after {count} inputs of it; the input:
        {Convert.ToHexString(target.Input)}
        again: bench/fuzz --target {target.Name} --seed {seed} --chunk {chunk}
        """;
}
