using System.Globalization;

namespace Balancer.VirtualTimeTests.Simulation;

// Whatever the lots draw, the checkers find nothing. tests/simulate runs one seed or a million.
public class SimulationTests
{
    const string FirstVariable = "BALANCER_SEED";
    const string CountVariable = "BALANCER_SEEDS";

    /// <summary>tests/simulate says by the environment which others.</summary>
    [Fact]
    public void Two_thousand_seeds_or_those_that_were_asked_for_keep_every_rule() =>
        Keep(Number(FirstVariable) is { } first
            ? Campaign.Run(first, Number(CountVariable) ?? 1, Console.Error)
            : Campaign.Run(1, 2_000));

    [Fact]
    public void The_same_seed_tells_the_same_story()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Run.Of(seed, int.MaxValue, out var once);
            Run.Of(seed, int.MaxValue, out var again);
            Assert.Equal(once, again);
            Assert.NotEmpty(once);
        }
    }

    static void Keep(string? failure)
    {
        if (failure is not null)
            Assert.Fail(failure);
    }

    static ulong? Number(string variable) => ulong.TryParse(
        Environment.GetEnvironmentVariable(variable), NumberStyles.None,
        CultureInfo.InvariantCulture, out var number) ? number : null;
}
