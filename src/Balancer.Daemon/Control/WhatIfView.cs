using System.Text.Json.Serialization;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>What would be, over all loops.</summary>
/// <param name="What"><c>drain</c>, <c>kill</c> or <c>add</c>.</param>
/// <param name="Backend">Of which backend.</param>
/// <param name="Remotes">All that are known.</param>
/// <param name="Established">Those that have proven themselves.</param>
/// <param name="Moved">Whom another backend would serve at once.</param>
/// <param name="Undecided">Whom nobody would serve, or whoever is next in turn when they ask
/// (compat).</param>
/// <param name="Owed">Answers that the backend owes now.</param>
/// <param name="Backends">Each now and then.</param>
/// <param name="Even">Of a newcomer: how long until the load is even; null where clients are
/// chosen for by rendezvous, and at once where they belong.</param>
/// <param name="Because">All of it in sentences.</param>
internal sealed record WhatIfView(
    string What, int Backend, int Remotes, int Established, int Moved, int Undecided, int Owed,
    IReadOnlyList<ForecastView> Backends, EvenView? Even, string Because)
{
    public static WhatIfView Of(
        string what, int backend, IReadOnlyList<LoopForecast> loops, BackendNames names)
    {
        ForecastView[] backends =
        [
            .. loops
                .SelectMany(loop => loop.Forecast.Loads.Select(
                    of => ForecastView.Of(names.Told(loop.Loop, of.Id), of.Load, loop.Span)))
                .GroupBy(of => of.Backend)
                .OrderBy(same => same.Key)
                .Select(same => same.Aggregate((one, other) => one.Plus(other))),
        ];
        var view = new WhatIfView(
            what, backend,
            loops.Sum(loop => loop.Forecast.Remotes),
            loops.Sum(loop => loop.Forecast.Established),
            loops.Sum(loop => loop.Forecast.Moved),
            loops.Sum(loop => loop.Forecast.Undecided),
            loops.Sum(loop => loop.Owed),
            backends,
            what == "add" && loops[0].Options.Affinity == AffinityPolicy.Turn
                ? EvenView.Of(loops)
                : null,
            "");
        return view with { Because = WhatIfWords.Of(view, loops[0].Options) };
    }
}

/// <summary>What a backend serves now and would serve then. Datagrams are those of its clients
/// since the last look at the traffic.</summary>
internal sealed record ForecastView(
    int Backend, int RemotesNow, int RemotesThen, long DatagramsNow, long DatagramsThen,
    double PerSecondNow, double PerSecondThen)
{
    public static ForecastView Of(int backend, Rx.Routing.ForecastLoad load, TimeSpan span)
    {
        // Right after a look there is nothing to divide by.
        var seconds = Math.Max(span.TotalSeconds, 0.001);
        return new(
            backend, load.RemotesNow, load.RemotesThen, load.DatagramsNow, load.DatagramsThen,
            Math.Round(load.DatagramsNow / seconds, 1),
            Math.Round(load.DatagramsThen / seconds, 1));
    }

    public ForecastView Plus(ForecastView other) => new(
        Backend, RemotesNow + other.RemotesNow, RemotesThen + other.RemotesThen,
        DatagramsNow + other.DatagramsNow, DatagramsThen + other.DatagramsThen,
        PerSecondNow + other.PerSecondNow, PerSecondThen + other.PerSecondThen);
}

/// <summary>How the load gets even.</summary>
/// <param name="Moves">So many clients are to be moved, at most.</param>
/// <param name="MovesAMinute">So many may be moved in a minute.</param>
/// <param name="Minutes">How long that takes; null: for ever.</param>
internal sealed record EvenView(int Moves, int MovesAMinute, int? Minutes)
{
    public static EvenView Of(IReadOnlyList<LoopForecast> loops) => new(
        loops.Sum(loop => loop.Needed),
        loops.Sum(loop => loop.MovesAMinute),
        loops.Any(loop => loop.MovesAMinute == 0 && loop.Needed > 0)
            ? null
            : loops.Max(loop => (loop.Needed + loop.MovesAMinute - 1)
                / Math.Max(1, loop.MovesAMinute)));
}

/// <summary>The sentences.</summary>
internal static class WhatIfWords
{
    public static string Of(WhatIfView it, BalancerOptions options)
    {
        var now = it.Backends.FirstOrDefault(of => of.Backend == it.Backend);
        return it.What switch
        {
            "add" => Add(it, options),
            _ when now is null =>
                $"{it.Backend} does not carry now, so nobody would be served by another.",
            _ when it is { What: "drain", Moved: 0 } && now.RemotesThen > 0 => OfNoUse(it, options),
            _ => $"{Gone(it, now)} {OfOwed(it)}".TrimEnd(),
        };
    }

    private static string OfNoUse(WhatIfView it, BalancerOptions options) =>
        options.Backup == BackupPolicy.RoundRobin
            ? $"With the original's stored backups (--compat) {it.Backend} would keep its remotes, "
                + "and be left out of the turn of newcomers."
            : $"Nobody but {it.Backend} can carry now, so it would go on serving all until another "
                + "can.";

    private static string Gone(WhatIfView it, ForecastView now)
    {
        var verb = it.What == "drain" ? "were drained" : "went";
        var left = it.Backends.Count(of => of.Backend != it.Backend);
        var undecided = it.Undecided == 0 ? ""
            : left == 0 ? $" Nobody would serve {it.Undecided} clients until a backend carries."
            : $" {it.Undecided} clients would be dealt out in turn as they ask.";
        var gains = it.Backends
            .Where(of => of.Backend != it.Backend && of.RemotesThen > of.RemotesNow)
            .Select(of => $"{of.Backend} would serve {of.RemotesThen} instead of {of.RemotesNow}");
        var spread = it.Moved == 0 ? ""
            : $", spread by rendezvous weight: {string.Join(", ", gains)}";
        return $"If {it.Backend} {verb} now, {it.Moved} of {it.Remotes} clients would be served by "
            + $"another at once{spread}.{undecided}";
    }

    private static string OfOwed(WhatIfView it) => (it.Owed, it.What) switch
    {
        (0, _) => "",
        (_, "drain") => $"It would still answer what it owes now: {it.Owed}.",
        _ => $"What it owes now ({it.Owed}) would be asked of others, where it is young enough.",
    };

    private static string Add(WhatIfView it, BalancerOptions options)
    {
        if (options.Affinity == AffinityPolicy.Rendezvous)
        {
            return $"A new backend {it.Backend} would serve {it.Moved} of {it.Remotes} clients as "
                + "soon as it carried, by rendezvous weight, and no others would move.";
        }
        var first = $"A new backend {it.Backend} would be given nobody else's clients at once: "
            + "newcomers go to it in turn.";
        if (it.Moved > 0)
        {
            first += $" Of the clients whose own backend cannot carry now, it would stand in for "
                + $"{it.Moved}.";
        }
        var even = it.Even!;
        return options.Rebalance == RebalancePolicy.LowestAddresses
            ? $"{first} The original's rebalancer (--compat) deals out what the fullest has more "
                + $"than the emptiest, every {options.RebalanceEvery.TotalSeconds:0} s."
            : even.Moves == 0
            ? $"{first} The rebalancer moves established clients only, and there are none."
            : even.Minutes is { } minutes
            ? $"{first} The rebalancer moves at most {even.MovesAMinute} clients a minute, and "
                + $"{even.Moves} at most are to be moved: the load is even within about {minutes} "
                + "min, sooner if a few clients send most of it."
            : $"{first} The rebalancer is off, so it is even when the clients have changed.";
    }
}

[JsonSerializable(typeof(WhatIfView))]
internal sealed partial class WhatIfJson : JsonSerializerContext
{
    public static WhatIfJson Shown { get; } = new(Readable.Options(indented: true));
}
