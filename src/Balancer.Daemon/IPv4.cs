using System.Net;
using System.Net.Sockets;

namespace Balancer.Daemon;

/// <summary>
/// IPv4 addresses as text, four decimal numbers (C2). .NET also reads 127.1, 0x7f000001 and octal
/// numbers, so that 010.0.0.1 would be somebody else; only what it would write itself is taken.
/// </summary>
internal static class IPv4
{
    /// <summary>The address; null: this is none.</summary>
    public static IPAddress? Read(string text) =>
        IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == text
            ? address
            : null;
}
