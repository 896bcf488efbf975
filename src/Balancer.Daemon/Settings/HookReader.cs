using System.Text.Json;
using System.Text.Json.Nodes;
using Balancer.Daemon.Hooks;

namespace Balancer.Daemon.Settings;

/// <summary>Hooks as the configuration file has them: a list of objects.</summary>
internal static class HookReader
{
    private const string Name = "hooks", On = "on", Run = "run", Post = "post",
        Deadline = "deadline", Every = "every";

    private const int MostArguments = 100;

    private static readonly Values<HookKind> Kinds = Words.Choice(
        "an event", [.. Enum.GetValues<HookKind>().Select(kind => (HookEvent.Word(kind), kind))]);

    private static readonly Values<TimeSpan>
        Deadlines = Words.Times("100ms", "5m"), Intervals = Words.Times("100ms", "24h");

    private static readonly Values<string>
        Programs = Words.Texts(Program, "the path of a program, from /", "^/[^\\u0000]*$"),
        Arguments = Words.Texts(Argument, "", "^[^\\u0000]*$");

    private static readonly Values<Uri> Addresses =
        Words.Texts(Address, "an address, http://HOST:PORT/PATH", "^http://");

    /// <summary>What the list does to the options; throws <see cref="ConfigException"/>.</summary>
    public static Change Read(ConfigNode node)
    {
        HookOptions[] hooks = [.. ItemsOf(node, Name, HookOptions.Most, least: 0).Select(Hook)];
        return options => options with { Hooks = hooks };
    }

    /// <summary>Which are in force.</summary>
    public static string Write(DaemonOptions options) => options.Hooks.Count == 0
        ? "none"
        : string.Join(", ", options.Hooks.Select(Written));

    // Whatever differs must be seen to.
    private static string Written(HookOptions hook) =>
        $"{hook.Post?.ToString() ?? string.Join(' ', hook.Run)} on "
        + $"{string.Join(' ', hook.On.Select(Kinds.Write))} "
        + $"({Deadlines.Write(hook.Deadline)}, {Intervals.Write(hook.Every)})";

    /// <summary>The same for programs.</summary>
    public static JsonObject Schema()
    {
        var member = new JsonObject
        {
            [On] = ListOf(Kinds.Schema(), Enum.GetValues<HookKind>().Length),
            [Run] = ListOf(Arguments.Schema(), MostArguments),
            [Post] = Addresses.Schema(),
            [Deadline] = Deadlines.Schema(),
            [Every] = Intervals.Schema(),
        };
        return new()
        {
            ["type"] = "array",
            ["maxItems"] = HookOptions.Most,
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = member,
                ["required"] = new JsonArray(On),
                ["oneOf"] = new JsonArray(
                    new JsonObject { ["required"] = new JsonArray(Run) },
                    new JsonObject { ["required"] = new JsonArray(Post) }),
                ["additionalProperties"] = false,
            },
        };

        static JsonObject ListOf(JsonObject items, int most) => new()
        {
            ["type"] = "array",
            ["items"] = items,
            ["minItems"] = 1,
            ["maxItems"] = most,
        };
    }

    private static HookOptions Hook(ConfigNode node)
    {
        var hook = new HookOptions { On = [] };
        foreach (var (key, line, value) in ObjectSetting.MembersOf(node, Name))
        {
            hook = key switch
            {
                On => hook with { On = [.. KindsOf(value).Distinct()] },
                Run => hook with { Run = [.. ProgramOf(value)] },
                Post => hook with { Post = Addresses.Of(value, $"{Name}.{Post}") },
                Deadline => hook with { Deadline = Deadlines.Of(value, $"{Name}.{Deadline}") },
                Every => hook with { Every = Intervals.Of(value, $"{Name}.{Every}") },
                _ => throw new ConfigException(
                    line, $"{Name}.{key}: no such key; there are on, run, post, deadline, every"),
            };
        }
        return hook.On.Count == 0
            ? throw new ConfigException(node.Line, $"{Name}: {On} is missing ({Kinds.Allowed})")
            : hook.Run.Count > 0 == hook.Post is not null
            ? throw new ConfigException(node.Line, $"{Name}: one of {Run} and {Post} is wanted")
            : hook;
    }

    private static IEnumerable<HookKind> KindsOf(ConfigNode node) =>
        ItemsOf(node, $"{Name}.{On}", MostArguments).Select(item => Kinds.Of(item, $"{Name}.{On}"));

    private static IEnumerable<string> ProgramOf(ConfigNode node) =>
        ItemsOf(node, $"{Name}.{Run}", MostArguments).Select((item, nth) =>
            (nth == 0 ? Programs : Arguments).Of(item, $"{Name}.{Run}"));

    private static IReadOnlyList<ConfigNode> ItemsOf(
        ConfigNode node, string key, int most, int least = 1) =>
        node.Kind is not JsonValueKind.Array
            ? throw new ConfigException(node.Line, $"{key} {node.Shown}: not a list ([…])")
            : node.Items.Count < least
            ? throw new ConfigException(node.Line, $"{key}: an empty list")
            : node.Items.Count > most
            ? throw new ConfigException(node.Line, $"{key}: more than {most} of them")
            : node.Items;

    // No PATH is searched, so that nobody else's program is run.
    private static Reading<string> Program(string text) =>
        text.StartsWith('/') && !text.Contains('\0') ? text : new Refusal("not a path from /");

    private static Reading<string> Argument(string text) =>
        text.Contains('\0') ? new Refusal("a NUL in it") : text;

    // TLS would have to be loaded, and where it is not installed .NET ends the process.
    private static Reading<Uri> Address(string text) =>
        text.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? new Refusal("https is not spoken here: run curl, or a proxy on this host")
            : Uri.TryCreate(text, UriKind.Absolute, out var address)
                && address.Scheme == Uri.UriSchemeHttp && address.UserInfo.Length == 0
                && address.Fragment.Length == 0
                ? address
                : new Refusal("not an address as http://127.0.0.1:8080/hook");
}
