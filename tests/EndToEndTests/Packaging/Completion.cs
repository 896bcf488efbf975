using System.CommandLine;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>What may follow an option or a verb: some words, or something of this host.</summary>
/// <param name="Bash">What compgen is given.</param>
/// <param name="Zsh">The action that _arguments is given.</param>
internal sealed record Value(string Bash, string Zsh)
{
    public static readonly Value File = new("-f", "_files");
    public static readonly Value Directory = new("-d", "_directories");
    public static readonly Value User = new("-u", "_users");

    public static Value Of(params string[] words) =>
        new($"-W \"{string.Join(' ', words)}\"", $"({string.Join(' ', words)})")
        {
            Words = words,
        };

    /// <summary>If it is one of some words, these.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];
}

/// <summary>What completions offer beyond names: where the program cannot be asked.</summary>
internal static class Completion
{
    /// <summary>The first lines of each file.</summary>
    public const string Origin = "# Made by a test, which also compares: see deploy/README.md.";

    /// <summary>By option; of the values of all others only their owner knows.</summary>
    public static readonly IReadOnlyDictionary<string, Value> OfOptions =
        new Dictionary<string, Value>
        {
            ["--socket-directory"] = Value.Directory,
            ["--flight-recorder"] = Value.Directory,
            ["--config"] = Value.File,
            ["--control"] = Value.File,
            ["--backend-user"] = Value.User,
            ["--log-level"] = Value.Of("trace", "debug", "info", "warn", "error", "fatal"),
            ["--log-format"] = Value.Of("bunyan", "json", "text", "journal"),
            ["--when-empty"] = Value.Of("drop", "servfail", "refused"),
            ["--affinity"] = Value.Of("turn", "rendezvous"),
        };

    /// <summary>By verb: what follows it without the name of an option.</summary>
    public static readonly IReadOnlyDictionary<string, Value> OfVerbs =
        new Dictionary<string, Value>
        {
            ["record"] = Value.File,
            ["replay"] = Value.File,
            ["whatif"] = Value.Of("drain", "kill", "add"),
        };

    /// <summary>All commands, that without a verb among them.</summary>
    public static IEnumerable<Command> Commands => Shipped.Verbs.Append(Shipped.Root);
}
