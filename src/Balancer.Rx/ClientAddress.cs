using System.Net;

namespace Balancer.Rx;

/// <summary>
/// The IPv4 address of a client in host order: 10.77.77.5 is 0x0A4D4D05. A remote is one such
/// address (S2); frames carry it as a little-endian number (F9).
/// </summary>
/// <param name="Value">The address in host order.</param>
public readonly record struct ClientAddress(uint Value) : IComparable<ClientAddress>
{
    /// <summary>Numeric order, the order of balstat's tables (K3).</summary>
    public int CompareTo(ClientAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address of four bytes in network order.</summary>
    /// <exception cref="ArgumentException">The address is not IPv4.</exception>
    public static ClientAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (!address.TryWriteBytes(bytes, out var written) || written != 4)
            throw new ArgumentException($"{address} is not an IPv4 address", nameof(address));
        return new((uint)(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]));
    }

    /// <summary>The address of a dotted string, for tests and commands.</summary>
    /// <exception cref="FormatException">The text is not an IP address.</exception>
    public static ClientAddress Parse(string dotted) => From(IPAddress.Parse(dotted));

    /// <summary>Dotted, as people write it.</summary>
    public override string ToString() =>
        $"{Value >> 24}.{Value >> 16 & 255}.{Value >> 8 & 255}.{Value & 255}";
}
