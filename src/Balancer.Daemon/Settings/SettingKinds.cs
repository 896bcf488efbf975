using System.Text.Json.Nodes;

namespace Balancer.Daemon.Settings;

/// <summary>A setting with one value.</summary>
/// <typeparam name="T">What it is read into.</typeparam>
internal sealed record SingleSetting<T> : Setting
{
    /// <summary>What it may be.</summary>
    public required Values<T> Values { get; init; }

    /// <summary>Where it stands in the options.</summary>
    public required Func<DaemonOptions, T> Get { get; init; }

    /// <summary>How it comes there.</summary>
    public required Func<DaemonOptions, T, DaemonOptions> Put { get; init; }

    /// <inheritdoc/>
    public override SettingKind Kind => SettingKind.Single;

    /// <inheritdoc/>
    public override string Allowed => Values.Allowed;

    /// <inheritdoc/>
    public override string Show(DaemonOptions options) => Values.Write(Get(options));

    /// <inheritdoc/>
    public override DaemonOptions Copy(DaemonOptions to, DaemonOptions from) => Put(to, Get(from));

    /// <inheritdoc/>
    public override Reading<Change> OfTexts(IReadOnlyList<string> texts)
    {
        var readings = texts.Select(text => (text, Value: Values.Read(text))).ToArray();
        foreach (var (text, reading) in readings)
        {
            if (reading.Refused is { } reason)
                return Refuse(text, reason);
        }
        return new(Of(readings[^1].Value.Value), null);
    }

    /// <inheritdoc/>
    public override Change OfFile(ConfigNode node) => Of(Values.Of(node, Key));

    /// <inheritdoc/>
    public override JsonObject Schema() => Values.Schema();

    private Change Of(T value) => options => Put(options, value);
}

/// <summary>A setting of which all values count.</summary>
/// <typeparam name="T">What each is read into.</typeparam>
internal sealed record SeveralSetting<T> : Setting
{
    private const int Most = 10_000;

    /// <summary>What each may be.</summary>
    public required Values<T> Values { get; init; }

    /// <summary>Where they stand in the options.</summary>
    public required Func<DaemonOptions, IReadOnlyList<T>> Get { get; init; }

    /// <summary>How they come there; none is given twice.</summary>
    public required Func<DaemonOptions, IReadOnlyList<T>, DaemonOptions> Put { get; init; }

    /// <inheritdoc/>
    public override SettingKind Kind => SettingKind.Several;

    /// <inheritdoc/>
    public override string Allowed => Values.Allowed;

    /// <inheritdoc/>
    public override string Show(DaemonOptions options) => Get(options) is { Count: > 0 } values
        ? string.Join(", ", values.Select(Values.Write))
        : "none";

    /// <inheritdoc/>
    public override DaemonOptions Copy(DaemonOptions to, DaemonOptions from) => Put(to, Get(from));

    /// <inheritdoc/>
    public override Reading<Change> OfTexts(IReadOnlyList<string> texts)
    {
        var values = new List<T>();
        foreach (var text in texts)
        {
            var reading = Values.Read(text);
            if (reading.Refused is { } reason)
                return Refuse(text, reason);
            values.Add(reading.Value);
        }
        return new(Of(values), null);
    }

    /// <inheritdoc/>
    public override Change OfFile(ConfigNode node) => Of(node.IsList
        ? node.Items.Count <= Most
            ? [.. node.Items.Select(item => Values.Of(item, Key))]
            : throw new ConfigException(node.Line, $"{Key}: more than {Most} of them")
        : [Values.Of(node, Key)]);

    /// <inheritdoc/>
    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            Values.Schema(),
            new JsonObject
            {
                ["type"] = "array",
                ["items"] = Values.Schema(),
                ["maxItems"] = Most,
            }),
    };

    private Change Of(IEnumerable<T> values)
    {
        T[] distinct = [.. values.Distinct()];
        return options => Put(options, distinct);
    }
}

/// <summary>A setting that is on or off.</summary>
internal sealed record SwitchSetting : Setting
{
    /// <summary>Where it stands in the options.</summary>
    public required Func<DaemonOptions, bool> Get { get; init; }

    /// <summary>How it comes there.</summary>
    public required Func<DaemonOptions, bool, DaemonOptions> Put { get; init; }

    /// <inheritdoc/>
    public override SettingKind Kind => SettingKind.Switch;

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override string Show(DaemonOptions options) => Words.OnOrOff.Write(Get(options));

    /// <inheritdoc/>
    public override DaemonOptions Copy(DaemonOptions to, DaemonOptions from) => Put(to, Get(from));

    /// <inheritdoc/>
    public override Reading<Change> OfTexts(IReadOnlyList<string> texts) => new(Of(true), null);

    /// <inheritdoc/>
    public override Change OfFile(ConfigNode node) => Of(Words.OnOrOff.Of(node, Key));

    /// <inheritdoc/>
    public override JsonObject Schema() => Words.OnOrOff.Schema();

    private Change Of(bool value) => options => Put(options, value);
}
