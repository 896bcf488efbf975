using DynamicData;

namespace Balancer.VirtualTimeTests.ChangeTables;

/// <summary>Which implementation these tests run against.</summary>
static class Side
{
    public const string Nested = "DynamicData before 9.5 delivers nested edits at once.";

    public const string Beyond = "Only the subset promises this; nothing may be built on it.";

    public static bool IsSubset => Assembly.Name != "DynamicData";

    /// <summary>An edit inside a delivery overtakes it, for all but the first follower.</summary>
    public static bool DeliversNested => !IsSubset && Assembly.Version < new Version(9, 5);

    static System.Reflection.AssemblyName Assembly =>
        typeof(SourceCache<,>).Assembly.GetName();
}
