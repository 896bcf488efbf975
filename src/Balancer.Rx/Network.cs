using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Balancer.Rx;

/// <summary>
/// An IPv4 network, written as <c>10.0.0.0/8</c>, or <c>192.0.2.1</c> for one address alone. The
/// default value is 0.0.0.0/0, everybody.
/// </summary>
public readonly record struct Network
{
    private const int AddressBits = 32;

    private Network(uint first, int bits) => (First, Bits) = (new(first), bits);

    /// <summary>Its lowest address; the bits behind the prefix are 0.</summary>
    public ClientAddress First { get; }

    /// <summary>How many bits its addresses have in common, 0 to 32.</summary>
    public int Bits { get; }

    /// <summary>Its highest address.</summary>
    internal uint Last => First.Value | HostMask(Bits);

    /// <summary>
    /// Reads a network, strictly: four decimal numbers as people write them, and no bit set behind
    /// the prefix, since that is a typing error more often than not. False: not one, and why.
    /// </summary>
    public static bool TryParse(
        string text, out Network network, [NotNullWhen(false)] out string? reason)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var dotted = slash < 0 ? text : text[..slash];
        var bits = AddressBits;
        if (!IPAddress.TryParse(dotted, out var address)
            || address.GetAddressBytes().Length != 4
            || address.ToString() != dotted)
        {
            reason = "not an IPv4 network (four numbers, 0 to 255, and perhaps /0 to /32)";
            return false;
        }
        if (slash >= 0 && !(IsNumber(text[(slash + 1)..], out bits) && bits <= AddressBits))
        {
            reason = "what follows the slash is not a number of bits (0 to 32)";
            return false;
        }
        var first = ClientAddress.From(address).Value;
        network = new(first & ~HostMask(bits), bits);
        reason = network.First.Value == first
            ? null
            : $"has bits set behind the first {bits} ({network} is meant, or another length)";
        return reason is null;
    }

    /// <summary>The network of a text, for tests and code.</summary>
    /// <exception cref="FormatException">The text is not one; the message says why.</exception>
    public static Network Parse(string text) => TryParse(text, out var network, out var reason)
        ? network
        : throw new FormatException($"{text}: {reason}");

    /// <summary>As people write it.</summary>
    public override string ToString() => $"{First}/{Bits}";

    private static bool IsNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // A shift by 32 would be one by 0.
    private static uint HostMask(int bits) => bits == AddressBits ? 0 : uint.MaxValue >> bits;
}
