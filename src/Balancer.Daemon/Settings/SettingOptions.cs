using System.CommandLine;
using System.CommandLine.Parsing;

namespace Balancer.Daemon.Settings;

/// <summary>The options of one command for these settings.</summary>
internal sealed class SettingOptions(IEnumerable<Setting> settings)
{
    private const int ManyTimes = 1_000;

    private readonly (Setting Setting, Option Option)[] _options =
        [.. settings.Select(setting => (setting, OptionOf(setting)))];

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options)
            command.Add(option);
    }

    /// <summary>What was given.</summary>
    public IReadOnlyList<Given> Given(ParseResult parsed) =>
    [
        .. from row in _options
           let result = parsed.GetResult(row.Option)
           where result is { Implicit: false }
           let change = row.Setting.OfTexts([.. result.Tokens.Select(token => token.Value)])
           select new Given(row.Setting, change.Value, Origin.Flags),
    ];

    private static Option OptionOf(Setting setting)
    {
        string[] aliases = setting.Letter is { } letter ? [letter] : [];
        return setting.Kind is SettingKind.Switch
            ? new Option<bool>(setting.Flag, aliases) { Arity = ArgumentArity.Zero }
            : new Option<Change?>(setting.Flag, aliases)
            {
                Arity = new(1, ManyTimes),
                CustomParser = result => Read(result, setting),
            };
    }

    private static Change? Read(ArgumentResult result, Setting setting)
    {
        var reading = setting.OfTexts([.. result.Tokens.Select(token => token.Value)]);
        if (reading.Refused is { } reason)
            result.AddError(reason);
        return reading.Value;
    }
}
