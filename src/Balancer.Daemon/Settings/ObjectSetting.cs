using System.Text.Json;
using System.Text.Json.Nodes;

namespace Balancer.Daemon.Settings;

/// <summary>A setting that is an object or a list with a shape of its own; for the file alone.
/// </summary>
internal sealed record ObjectSetting : Setting
{
    /// <summary>From the file; throws <see cref="ConfigException"/>.</summary>
    public required Func<ConfigNode, Change> Read { get; init; }

    /// <summary>What is in force, as text.</summary>
    public required Func<DaemonOptions, string> Write { get; init; }

    /// <summary>For programs.</summary>
    public required Func<JsonObject> Describe { get; init; }

    /// <inheritdoc/>
    public override SettingKind Kind => SettingKind.Single;

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override string Show(DaemonOptions options) => Write(options);

    /// <summary>The first options, with this setting as in the second; null: it needs a restart.
    /// </summary>
    public Func<DaemonOptions, DaemonOptions, DaemonOptions>? Take { get; init; }

    /// <inheritdoc/>
    public override DaemonOptions Copy(DaemonOptions to, DaemonOptions from) =>
        Take?.Invoke(to, from) ?? to;

    /// <inheritdoc/>
    public override Reading<Change> OfTexts(IReadOnlyList<string> texts) =>
        throw new NotSupportedException($"{Flag} is no flag");

    /// <inheritdoc/>
    public override Change OfFile(ConfigNode node) => Read(node);

    /// <inheritdoc/>
    public override JsonObject Schema() => Describe();

    /// <summary>The members of an object.</summary>
    /// <exception cref="ConfigException">It is none.</exception>
    public static IReadOnlyList<ConfigMember> MembersOf(ConfigNode node, string key) =>
        node.Kind is JsonValueKind.Object
            ? node.Members
            : throw new ConfigException(node.Line, $"{key} {node.Shown}: not an object ({{…}})");
}
