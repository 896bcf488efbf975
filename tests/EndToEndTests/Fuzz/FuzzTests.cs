using System.Text.RegularExpressions;
using Balancer.Fuzz;
using Balancer.Fuzz.Targets;
using Balancer.Fuzz.World;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests.Fuzz;

/// <summary>Allocations are counted: nothing else may run then.</summary>
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public class FuzzAlone;

/// <summary>
/// A short run of bench/fuzz; and that it finds what is broken on purpose, since a search that
/// cannot find anything finds nothing.
/// </summary>
[Collection(nameof(FuzzTests))]
public partial class FuzzTests
{
    const ulong Seed = 4;

    public static TheoryData<string, int> Runs => new()
    {
        { "reader", 200_000 },
        { "answers", 50_000 },
        { "datagrams", 200_000 },
        { "commands", 10_000 },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void Mutated_traffic_does_no_harm(string name, int inputs)
    {
        using ITarget target = name switch
        {
            "reader" => new ReaderTarget(),
            "answers" => new AnswersTarget(),
            "datagrams" => new DatagramsTarget(),
            _ => new CommandsTarget(),
        };
        var verdict = Campaign.Run(target, Seed, inputs);
        Assert.Null(verdict.Report);
        Assert.True(verdict.Inputs >= inputs);
    }

    [Fact]
    public void A_reader_that_stops_a_byte_early_is_found() => Finds(
        () => new ReaderTarget(StopsEarly), "bytes until Incomplete");

    [Fact]
    public void A_reader_that_allocates_now_and_then_is_found() => Finds(
        () => new ReaderTarget(Allocates), "bytes were allocated, and at most 0 may be");

    [Fact]
    public void Answers_that_are_not_matched_are_found() => Finds(
        () => new AnswersTarget(FuzzWorld.Strict with { MatchAnswers = false }),
        "more answers go to a client than it has asked this backend for");

    [Fact]
    public void Datagrams_that_are_not_filtered_are_found() => Finds(
        () => new DatagramsTarget(FuzzWorld.Strict with { FilterDatagrams = false }),
        "what must not pass");

    [Fact]
    public void A_command_line_that_throws_is_found() => Finds(
        () => new CommandsTarget((args, serve, demonstrate, world) => args is [.., "--loops"]
            ? throw new FormatException("planted")
            : Balancer.Daemon.CommandLine.Run(args, serve, demonstrate, world)),
        "FormatException: planted");

    [Fact]
    public void A_refusal_of_two_lines_is_found() => Finds(
        () => new CommandsTarget((args, serve, demonstrate, world) =>
        {
            var code = Balancer.Daemon.CommandLine.Run(args, serve, demonstrate, world);
            if (code != 0 && args.Contains("--compat"))
                world.Error.WriteLine("and more");
            return code;
        }),
        "a refusal that is not one line");

    /// <summary>It is found, and the command of the report finds it again.</summary>
    static void Finds(Func<ITarget> broken, string what)
    {
        using var target = broken();
        var report = Campaign.Run(target, Seed, 200_000).Report;
        Assert.NotNull(report);
        Assert.Contains(what, report, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexString(target.Input), report, StringComparison.Ordinal);

        var again = Again().Match(report);
        Assert.Equal($"{Seed}", again.Groups["seed"].Value);
        using var another = broken();
        Assert.Equal(another.Name, again.Groups["target"].Value);
        Assert.Equal(
            report.Split('\n')[1..],
            Campaign.RunOne(another, Seed, int.Parse(again.Groups["chunk"].Value, null))
                .Report!.Split('\n')[1..]);
    }

    static int StopsEarly(
        ReadOnlySpan<byte> bytes, bool fromBackend, ref ulong digest, out FrameRead end)
    {
        var taken = ReaderTarget.Read(bytes, fromBackend, ref digest, out end);
        return taken > 1_000 ? taken - 1 : taken;
    }

    static int Allocates(
        ReadOnlySpan<byte> bytes, bool fromBackend, ref ulong digest, out FrameRead end)
    {
        var taken = ReaderTarget.Read(bytes, fromBackend, ref digest, out end);
        return taken > 1_000 ? new byte[taken].Length : taken;
    }

    [GeneratedRegex(@"again: bench/fuzz --target (?<target>\w+) --seed (?<seed>\d+) "
        + @"--chunk (?<chunk>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Again();
}
