using System.Net;
using System.Text.RegularExpressions;
using Balancer.Daemon.Native;
using Balancer.Rx;

namespace Balancer.Daemon.Settings;

/// <summary>What was given alone makes sense; whether it does together.</summary>
internal static partial class SettingRules
{
    private const int WritableByAll = 2;

    private static readonly Rule[] All =
    [
        new("socket-directory",
            options => !options.WritableDirectory && IsOpenToAll(options.Core.SocketDirectory),
            name => "writable by everybody, who could remove backends; "
                + $"{name("writable-directory")} allows that",
            IsOfValue: true),
        MeansNothingWithout("probe-every", "probe", options => options.Core.Probe is null),
        MeansNothingWithout("probe-patience", "probe", options => options.Core.Probe is null),
        MeansNothingWithout("rate-slip", "rate-limit", options => options.Core.RateLimit == 0),
        MeansNothingWithout("rate-burst", "rate-limit", options => options.Core.RateLimit == 0),
        MeansNothingWithout(
            "rate-limit-prefix-bits", "rate-limit", options => options.Core.RateLimit == 0),
        new("pins", options => options.Pins.Count > options.Core.MaxPins,
            name => $"more than {name("max-pins")} allows"),
        MeansNothingWithCompat("rebalance-budget"),
        MeansNothingWithCompat("affinity"),
        MeansNothingWithCompat("weight"),
        MeansNothingWithCompat("standby"),
        new("rebalance-budget",
            options => options.Core.Affinity == AffinityPolicy.Rendezvous,
            name => $"means nothing with {name("affinity")} rendezvous"),
        new("flight-recorder",
            options => options.Flight is { Directory: not null, Megabytes: 0 },
            name => $"means nothing with {name("flight-memory")} 0"),
        new("control",
            options => options.Door is { IsOff: false, Path: { } path }
                && IsIn(options.Core.SocketDirectory, path),
            _ => "in the socket directory, where it would be a backend", IsOfValue: true),
        MeansNothingWithout(
            "http-anywhere", "http",
            options => options.Door is { Http: null, IsAnywhere: true }),
        new("http",
            options => options.Door is { IsAnywhere: false, Http: { } http }
                && !IPAddress.IsLoopback(http.Address),
            name => $"not a loopback address; {name("http-anywhere")} allows that",
            IsOfValue: true),
    ];

    /// <summary>Why these settings cannot be in force together; null: they can.</summary>
    public static string? WhyNot(IReadOnlyList<Given> givens, DaemonOptions options)
    {
        var broken =
            from rule in All
            from given in givens
            where given.Setting.Name == rule.Setting && rule.IsBroken(options)
            let value = rule.IsOfValue ? $" {given.Setting.Show(options)}" : ""
            let reason = rule.Reason(
                name => given.Origin.NameOf(SettingsTable.Named(name)))
            select given.Origin.Before(
                $"{given.Origin.NameOf(given.Setting)}{value}: {reason}");
        return broken.FirstOrDefault() ?? WhyNotInTheCore(givens, options);
    }

    // The core names its own properties.
    private static string? WhyNotInTheCore(IReadOnlyList<Given> givens, DaemonOptions options)
    {
        try
        {
            options.Core.Checked();
            return null;
        }
        catch (ArgumentException e)
        {
            var named = Word().Matches(e.Message).Select(word => word.Value).ToHashSet();
            var culprit = givens.LastOrDefault(given => named.Contains(given.Setting.Member));
            var origin = culprit?.Origin ?? Origin.Flags;
            var reason = Word().Replace(e.Message, word =>
                SettingsTable.All.FirstOrDefault(setting => setting.Member == word.Value)
                    is { } setting
                        ? origin.NameOf(setting)
                        : word.Value);
            return origin.Before(culprit is null
                ? reason
                : $"{origin.NameOf(culprit.Setting)} {culprit.Setting.Show(options)}: {reason}");
        }
    }

    private static Rule MeansNothingWithCompat(string setting) => new(
        setting, options => options.IsCompat, name => $"means nothing with {name("compat")}");

    private static Rule MeansNothingWithout(
        string setting, string other, Func<DaemonOptions, bool> isMissing) =>
        new(setting, isMissing, name => $"means nothing without {name(other)}");

    /// <summary>Whether everybody may write to this directory. A sticky bit keeps others from
    /// removing what is there; not from filling it.</summary>
    internal static bool IsOpenToAll(string path) =>
        !LibC.Statx(path, out var found).IsError && found.IsDirectory
        && (found.Permissions & WritableByAll) != 0;

    private static bool IsIn(string directory, string path) =>
        Path.GetDirectoryName(Path.GetFullPath(path)) == Path.GetFullPath(directory).TrimEnd('/');

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    /// <summary>What must not be when a setting is given.</summary>
    /// <param name="Setting">The culprit.</param>
    /// <param name="IsBroken">Whether it is so.</param>
    /// <param name="Reason">Why not, given how settings are called where it stands.</param>
    /// <param name="IsOfValue">Whether the culprit's value is told.</param>
    private sealed record Rule(
        string Setting, Func<DaemonOptions, bool> IsBroken,
        Func<Func<string, string>, string> Reason, bool IsOfValue = false);
}
