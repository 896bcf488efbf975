using System.Globalization;

namespace Balancer.Faults.Causing;

/// <summary>What the kernel has thrown away of UDP, as /proc tells.</summary>
static class SocketQueues
{
    const int LocalAddress = 1;

    /// <summary>The datagrams for which the socket now bound to this port had no room.</summary>
    public static long Dropped(int port) =>
        File.ReadLines("/proc/net/udp")
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => PortOf(fields[LocalAddress]) == port)
            .Sum(fields => long.Parse(fields[^1], CultureInfo.InvariantCulture));

    static int PortOf(string address) => int.Parse(
        address.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
