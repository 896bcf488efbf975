// WHAT IS SHIPPED beside the binary, and repeats what the program says of itself: the man page and
// the completions of two shells. They are made from --help and from the options that are parsed, so
// that nobody has to remember them; the tests compare, and with BALANCER_WRITE=1 they write
// instead (deploy/README.md).

using System.CommandLine;
using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>The program's own word on its options, and the files that repeat it.</summary>
internal static class Shipped
{
    /// <summary>The command with everything that it understands.</summary>
    public static RootCommand Root { get; } = FindRoot();

    /// <summary>Its verbs, as they are typed.</summary>
    public static IReadOnlyList<Command> Verbs { get; } =
        [.. Root.Subcommands.Where(verb => !verb.Hidden)];

    /// <summary>What the daemon's options are.</summary>
    public static HelpText DaemonHelp { get; } = Help();

    /// <summary>What the demo's are.</summary>
    public static HelpText DemoHelp { get; } = Help("demo");

    /// <summary>What can be asked of a running daemon.</summary>
    public static HelpText VerbHelp { get; } = Help("status");

    /// <summary>The names and letters of an option.</summary>
    public static IEnumerable<string> Names(this Option option) =>
        option.Aliases.Prepend(option.Name).Distinct();

    /// <summary>Whether a value follows it.</summary>
    public static bool HasValue(this Option option) => option.ValueType != typeof(bool);

    /// <summary>What the file holds; in the folder <c>deploy</c>.</summary>
    public static string Read(string file) => File.ReadAllText(PathOf(file));

    /// <summary>The file holds this; or it does from now on.</summary>
    public static void Holds(string file, string expected)
    {
        if (Environment.GetEnvironmentVariable("BALANCER_WRITE") == "1")
            File.WriteAllText(PathOf(file), expected);
        if (Read(file) != expected)
        {
            throw new XunitException(
                $"deploy/{file} is not what the program says of itself; with BALANCER_WRITE=1 "
                + $"this test writes it. First difference: {Difference(Read(file), expected)}");
        }
    }

    /// <summary>The place of a file of <c>deploy</c>.</summary>
    public static string PathOf(string file) => Path.Combine(
        typeof(Shipped).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(metadata => metadata.Key == "DeployDirectory").Value!,
        file);

    static string Difference(string found, string expected) =>
        found.Split('\n').Zip(expected.Split('\n'))
            .Where(lines => lines.First != lines.Second)
            .Select(lines => $"\"{lines.First}\" instead of \"{lines.Second}\"")
            .FirstOrDefault("the end");

    static RootCommand FindRoot()
    {
        using var world = new CommandLineWorld();
        return Balancer.Daemon.CommandLine.Options(world.Surroundings)
            .SelectMany(option => option.Parents)
            .OfType<RootCommand>()
            .First();
    }

    static HelpText Help(params string[] verb)
    {
        using var world = new CommandLineWorld();
        Assert.Equal(0, world.Run([.. verb, "--help"]));
        return new(world.Output);
    }
}
