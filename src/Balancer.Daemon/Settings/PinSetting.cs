using System.Text.Json;
using System.Text.Json.Nodes;
using Balancer.Rx;

namespace Balancer.Daemon.Settings;

/// <summary>Clients that one backend shall serve: <c>"pins": {"192.0.2.7": "5301"}</c>.</summary>
internal static class PinSetting
{
    private const int Most = 65_536;

    public static ObjectSetting Row { get; } = new()
    {
        Name = "pins",
        Text = "clients that always go to one backend, by the name of its socket: "
            + "{\"192.0.2.7\": \"5301\"}; at most maxPins",
        TakesHold = TakesHold.ByReload,
        Read = Read,
        Write = options => options.Pins.Count == 0
            ? "none"
            : string.Join(", ", options.Pins
                .OrderBy(pin => pin.Key.Value)
                .Select(pin => $"{pin.Key} to {pin.Value}")),
        Take = (to, from) => to with { Pins = from.Pins },
        Describe = () => new()
        {
            ["type"] = "object",
            ["additionalProperties"] = new JsonObject
            {
                ["type"] = "string",
                ["minLength"] = 1,
            },
            ["maxProperties"] = Most,
        },
    };

    private static Change Read(ConfigNode node)
    {
        var pins = new Dictionary<ClientAddress, string>();
        foreach (var (client, line, backend) in ObjectSetting.MembersOf(node, "pins"))
        {
            if (IPv4.Read(client) is not { } address)
                throw new ConfigException(
                    line, $"pins {client}: not an IPv4 address (four numbers, 0 to 255)");
            if (backend.Kind is not JsonValueKind.String || backend.Text.Length == 0
                || backend.Text.Contains('/', StringComparison.Ordinal))
                throw new ConfigException(
                    backend.Line,
                    $"pins {client} {backend.Shown}: not the name of a socket (\"5301\")");
            pins[ClientAddress.From(address)] = backend.Text;
        }
        return pins.Count <= Most
            ? options => options with { Pins = pins }
            : throw new ConfigException(node.Line, $"pins: more than {Most}");
    }
}
