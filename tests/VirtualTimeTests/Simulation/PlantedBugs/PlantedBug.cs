namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

/// <summary>A change of the core's text that the simulation must notice.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="Edits">Usually one.</param>
public sealed record PlantedBug(string Name, params Edit[] Edits)
{
    public override string ToString() => Name;
}

/// <summary>One place of it.</summary>
/// <param name="File">Under src/Balancer.Rx.</param>
/// <param name="Original">What stands there, exactly once.</param>
/// <param name="Replacement">What stands there instead.</param>
public sealed record Edit(string File, string Original, string Replacement)
{
    /// <summary>The text, changed.</summary>
    public string Apply(string text)
    {
        var first = text.IndexOf(Original, StringComparison.Ordinal);
        if (first < 0 || text.IndexOf(Original, first + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException(
                $"{File} has to contain this once, for a planted bug: {Original}");
        }
        return text.Replace(Original, Replacement);
    }
}
