namespace Balancer.Rx.Recording;

/// <summary>
/// The options that decide anything, as bytes, each with its name. Those of the data plane and of
/// TCP do not, and secrets are not written down: a replay has small tables instead. A test names
/// each option that is not here.
/// </summary>
internal static class TapedOptions
{
    private static readonly Option[] All =
    [
        new("ListEvery", o => o.ListEvery.Ticks, (o, v) => o with { ListEvery = new(v) }),
        new("ListGather", o => o.ListGather.Ticks, (o, v) => o with { ListGather = new(v) }),
        new(
            "HelloPatience", o => o.HelloPatience.Ticks,
            (o, v) => o with { HelloPatience = new(v) }),
        new(
            "HeartbeatEvery", o => o.HeartbeatEvery.Ticks,
            (o, v) => o with { HeartbeatEvery = new(v) }),
        new(
            "HeartbeatPatience", o => o.HeartbeatPatience.Ticks,
            (o, v) => o with { HeartbeatPatience = new(v) }),
        new(
            "BackOffCeiling", o => o.BackOffCeiling.Ticks,
            (o, v) => o with { BackOffCeiling = new(v) }),
        new("BusyRetry", o => o.BusyRetry.Ticks, (o, v) => o with { BusyRetry = new(v) }),
        new("RemoteIdle", o => o.RemoteIdle.Ticks, (o, v) => o with { RemoteIdle = new(v) }),
        new("ExpireEvery", o => o.ExpireEvery.Ticks, (o, v) => o with { ExpireEvery = new(v) }),
        new(
            "RebalanceEvery", o => o.RebalanceEvery.Ticks,
            (o, v) => o with { RebalanceEvery = new(v) }),
        new(
            "RebalanceCoolDown", o => o.RebalanceCoolDown.Ticks,
            (o, v) => o with { RebalanceCoolDown = new(v) }),
        new("SuspectAfter", o => o.SuspectAfter.Ticks, (o, v) => o with { SuspectAfter = new(v) }),
        new("HoldDown", o => o.HoldDown.Ticks, (o, v) => o with { HoldDown = new(v) }),
        new(
            "HoldDownCeiling", o => o.HoldDownCeiling.Ticks,
            (o, v) => o with { HoldDownCeiling = new(v) }),
        new("SlowStart", o => o.SlowStart.Ticks, (o, v) => o with { SlowStart = new(v) }),
        new(
            "DrainPatience", o => o.DrainPatience.Ticks,
            (o, v) => o with { DrainPatience = new(v) }),
        new("ProbeEvery", o => o.ProbeEvery.Ticks, (o, v) => o with { ProbeEvery = new(v) }),
        new(
            "ProbePatience", o => o.ProbePatience.Ticks,
            (o, v) => o with { ProbePatience = new(v) }),
        new("HeedHints", o => o.HeedHints ? 1 : 0, (o, v) => o with { HeedHints = v != 0 }),
        new("OnlySockets", o => o.OnlySockets ? 1 : 0, (o, v) => o with { OnlySockets = v != 0 }),
        new(
            "ReconnectOnRecreate", o => o.ReconnectOnRecreate ? 1 : 0,
            (o, v) => o with { ReconnectOnRecreate = v != 0 }),
        new(
            "DrainOnUnlink", o => o.DrainOnUnlink ? 1 : 0,
            (o, v) => o with { DrainOnUnlink = v != 0 }),
        new("MaxBackends", o => o.MaxBackends, (o, v) => o with { MaxBackends = (int)v }),
        new("MaxRemotes", o => o.MaxRemotes, (o, v) => o with { MaxRemotes = (int)v }),
        new(
            "DisplacedPerSecond", o => o.DisplacedPerSecond,
            (o, v) => o with { DisplacedPerSecond = (int)v }),
        new("MaxPins", o => o.MaxPins, (o, v) => o with { MaxPins = (int)v }),
        new("SweepShare", o => o.SweepShare, (o, v) => o with { SweepShare = (int)v }),
        new("Seed", o => o.Seed, (o, v) => o with { Seed = (int)v }),
        new(
            "BackOffJitter", o => Bits(o.BackOffJitter),
            (o, v) => o with { BackOffJitter = Real(v) }),
        new(
            "RebalanceBudget", o => Bits(o.RebalanceBudget),
            (o, v) => o with { RebalanceBudget = Real(v) }),
        new(
            "RebalanceTolerance", o => Bits(o.RebalanceTolerance),
            (o, v) => o with { RebalanceTolerance = Real(v) }),
        new("Backup", o => (long)o.Backup, (o, v) => o with { Backup = (BackupPolicy)v }),
        new(
            "Rebalance", o => (long)o.Rebalance,
            (o, v) => o with { Rebalance = (RebalancePolicy)v }),
        new("Affinity", o => (long)o.Affinity, (o, v) => o with { Affinity = (AffinityPolicy)v }),
    ];

    private static readonly BalancerOptions Base = new()
    {
        RingBytes = 4_096,
        JournalEntries = 8,
        AnswerPatience = TimeSpan.FromTicks(1),
    };

    // Of single backends: the number of each follows its name.
    private const string WeightOf = "Weight of ", OrderOf = "Standby ";

    /// <summary>The names of those that are numbers.</summary>
    public static IEnumerable<string> Names => All.Select(option => option.Name);

    public static void Write(TapeWriter to, BalancerOptions options)
    {
        to.Text(options.SocketDirectory);
        to.Flag(options.BackendOwners is not null);
        to.Each([.. options.BackendOwners ?? new HashSet<uint>()], static (to, owner) =>
            to.Unsigned(owner));
        to.Flag(options.Probe is not null);
        if (options.Probe is { } probe)
        {
            to.Text(probe.Name);
            to.Number(probe.Type);
            to.Number(probe.Rcode);
        }
        to.Each([.. Values(options)], static (to, value) =>
        {
            to.Text(value.Name);
            to.Number(value.Value);
        });
    }

    public static BalancerOptions Read(TapeReader from)
    {
        var options = Base with { SocketDirectory = from.Text() };
        var isRestricted = from.Flag();
        var owners = from.Each(static from => (uint)from.Unsigned()).ToHashSet();
        options = options with
        {
            BackendOwners = isRestricted ? owners : null,
            Probe = from.Flag() ? new(from.Text(), (ushort)from.Int(), from.Int()) : null,
        };
        var (weights, standby) = (OfBackends(), OfBackends());
        foreach (var (name, value) in from.Each(static from => (from.Text(), from.Number())))
        {
            if (Array.Find(All, option => option.Name == name) is { } option)
                options = option.Put(options, value);
            else if (Named(name, WeightOf) is { } weighted)
                weights[weighted] = (int)value;
            else if (Named(name, OrderOf) is { } standing)
                standby[standing] = (int)value;
            else
                throw new TapeException($"there is no option {name} here");
        }
        options = options with { Weights = weights, Standby = standby };
        try
        {
            return options.Checked();
        }
        catch (ArgumentException e)
        {
            throw new TapeException(e.Message);
        }
    }

    private static IEnumerable<(string Name, long Value)> Values(BalancerOptions options) =>
    [
        .. All.Select(option => (option.Name, option.Get(options))),
        .. options.Weights.OrderBy(of => of.Key).Select(of => ($"{WeightOf}{of.Key}", of.Value)),
        .. options.Standby.OrderBy(of => of.Key).Select(of => ($"{OrderOf}{of.Key}", of.Value)),
    ];

    private static Dictionary<BackendId, int> OfBackends() => [];

    private static BackendId? Named(string name, string kind) =>
        name.StartsWith(kind, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(kind.Length), out var id) ? new(id) : null;

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private static double Real(long bits) => BitConverter.Int64BitsToDouble(bits);

    private sealed record Option(
        string Name, Func<BalancerOptions, long> Get,
        Func<BalancerOptions, long, BalancerOptions> Put);
}
