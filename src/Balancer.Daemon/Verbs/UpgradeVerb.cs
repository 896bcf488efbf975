using System.CommandLine;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer upgrade</c>: another program takes the daemon's place.</summary>
internal static class UpgradeVerb
{
    public static Command Of(Surroundings world)
    {
        var binary = new Option<string?>("--binary");
        var patience = new Option<string?>("--patience");
        var verb = new Verb("upgrade", world).Does((parsed, context) =>
        {
            string[] given =
            [
                .. Parameter("binary", parsed.GetValue(binary) is { } path
                    ? Path.GetFullPath(path)
                    : null),
                .. Parameter("patience", parsed.GetValue(patience)),
            ];
            return OrderVerbs.Order(context, $"upgrade?{string.Join('&', given)}");
        });
        verb.Command.Add(binary);
        verb.Command.Add(patience);
        return verb.Command;
    }

    private static IEnumerable<string> Parameter(string name, string? value) =>
        value is null ? [] : [$"{name}={Uri.EscapeDataString(value)}"];
}
