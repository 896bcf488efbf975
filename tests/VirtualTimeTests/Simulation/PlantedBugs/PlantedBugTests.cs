namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

// The simulation bites: each bug of the list is found by one of the first seeds, and a core without
// one, compiled and run in the same way, is found to have none.
public class PlantedBugTests
{
    const ulong Seeds = 200;

    public static TheoryData<string> Names => [.. Bugs.All.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_caught(string name)
    {
        var bug = Bugs.All.Single(bug => bug.Name == name);
        if (FirstFailure(bug.Edits) is not { } failure)
        {
            Assert.Fail($"no seed up to {Seeds} finds that {name}");
            return;
        }
        Assert.Contains("tests/simulate", failure);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', failure.Split('\n').Take(4)));
    }

    [Fact]
    public void A_core_without_one_is_not_accused()
    {
        if (FirstFailure() is { } failure)
            Assert.Fail(failure);
    }

    [Fact]
    public void An_entry_whose_text_is_gone_fails_loudly() =>
        Assert.Throws<InvalidOperationException>(() =>
            new Edit("A.cs", "twice", "").Apply("twice and twice"));

    static string? FirstFailure(params Edit[] edits)
    {
        var mutant = new MutantCore(edits);
        try
        {
            for (ulong seed = 1; seed <= Seeds; seed++)
            {
                if (mutant.RunOf(seed) is { } failure)
                    return failure;
            }
            return null;
        }
        finally
        {
            mutant.Unload();
        }
    }
}
