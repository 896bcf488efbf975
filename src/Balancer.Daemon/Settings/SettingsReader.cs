using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Settings;

/// <summary>From what was given, by flags and in a file, to options that make sense.</summary>
internal static class SettingsReader
{
    /// <summary>
    /// The options, or why not: flags go before the file, setting by setting, and what the
    /// environment says before both.
    /// </summary>
    /// <param name="flags">What the command line gives.</param>
    /// <param name="file">What a file gives; null: there is none.</param>
    /// <param name="world">The environment and the terminal.</param>
    public static Reading<DaemonOptions> Read(
        IReadOnlyList<Given> flags, IReadOnlyList<Given>? file, Surroundings world)
    {
        var givens = (file ?? [])
            .Where(given => flags.All(flag => flag.Setting != given.Setting))
            .Concat(flags)
            .OrderBy(given => given.Setting.IsBase ? -1 : IndexOf(given.Setting))
            .ToArray();
        if (givens.All(given => given.Setting.Name != "socket-directory"))
            return new Refusal(Nowhere(file));
        var options = givens.Aggregate(
            new DaemonOptions { Log = LogOf(world) }, (so, given) => given.Change(so));
        if (SettingRules.WhyNot(givens, options) is { } reason)
            return new Refusal(reason);
        var log = WithEnvironment(options.Log, world);
        return log.Refused is { } refused
            ? new Refusal(refused)
            : options with { Log = log.Value };
    }

    /// <summary>LOG_LEVEL goes before -l (C6); empty counts as not set.</summary>
    public static Reading<LogOptions> WithEnvironment(LogOptions log, Surroundings world)
    {
        if (world.Environment("LOG_LEVEL") is not { Length: > 0 } text)
            return log;
        var level = CommandLineValues.EnvironmentLevel(text);
        return level.Refused is { } reason
            ? new Refusal(reason)
            : log with { Level = level.Value };
    }

    /// <summary>How to log unless something else is said.</summary>
    public static LogOptions LogOf(Surroundings world) => new(
        Format: world.IsTerminal ? LogFormat.Text
            : world.IsJournal ? LogFormat.Journal
            : LogFormat.Bunyan,
        Colours: world.IsTerminal && string.IsNullOrEmpty(world.Environment("NO_COLOR")));

    private static string Nowhere(IReadOnlyList<Given>? file) => file is null
        ? "must specify socket directory (-s)"
        : "must specify socket directory (-s, or socketDirectory in the file)";

    private static int IndexOf(Setting setting) =>
        SettingsTable.All.TakeWhile(other => other != setting).Count();
}
