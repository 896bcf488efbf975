// WHO HAS THE PORT: what an operator asks next when a port is in use.
//
// The kernel lists sockets with their inodes and users (/proc/net), and each process's descriptors
// with the inodes behind them (/proc/PID/fd). The descriptors of other users' processes are root's
// to see; without that right there is still the user. Nobody is found who is in another network
// namespace, or who has gone meanwhile: then the refusal says "in use" and no more.

using System.Globalization;
using System.Net;
using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>The process, or at least the user, that has a port which cannot be had.</summary>
internal static class PortHolder
{
    /// <summary>Where the kernel tells of processes.</summary>
    public const string Proc = "/proc";

    private const int LocalAddress = 1, User = 7, Inode = 9, Fields = 10;

    /// <summary>"NAME (pid N, user NAME)", "a process of user NAME", or null.</summary>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="address">The address that was asked for.</param>
    /// <param name="port">The port.</param>
    /// <param name="proc">Where to look.</param>
    public static string? Of(
        string transport, IPAddress address, int port, string proc = Proc)
    {
        var protocol = transport.ToLowerInvariant();
        // A socket of IPv6 may be one of IPv4 as well.
        var holders = new[] { protocol, $"{protocol}6" }
            .SelectMany(table => Lines($"{proc}/net/{table}"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length >= Fields && Has(fields[LocalAddress], address, port))
            .ToArray();
        return holders.Select(fields => Process(proc, fields[Inode])).FirstOrDefault(
                process => process is not null)
            ?? holders.Select(fields => OfUser(fields[User])).FirstOrDefault();
    }

    // "0100007F:0035": words of the address as this machine holds them, and the port.
    private static bool Has(string local, IPAddress address, int port)
    {
        var parts = local.Split(':');
        return parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.HexNumber, null, out var itsPort)
            && itsPort == port
            && IPv4Of(parts[0]) is { } its
            && (its.Equals(address) || its.Equals(IPAddress.Any) || address.Equals(IPAddress.Any));
    }

    // Of IPv6, the wildcard and what stands for an address of IPv4.
    private static IPAddress? IPv4Of(string hex)
    {
        const string wildcard = "00000000000000000000000000000000";
        const string mapped = "0000000000000000FFFF0000";
        const int word = 8;
        return hex == wildcard ? IPAddress.Any
            : (hex.Length == word || hex.StartsWith(mapped, StringComparison.Ordinal))
                && uint.TryParse(hex[^word..], NumberStyles.HexNumber, null, out var number)
                ? new(number)
            : null;
    }

    private static string? Process(string proc, string inode)
    {
        var socket = $"socket:[{inode}]";
        foreach (var process in Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, null, out var id)
                || !Entries($"{process}/fd").Any(entry => Target(entry) == socket))
                continue;
            var name = Lines($"{process}/comm").FirstOrDefault("a process");
            return LibC.Statx(process, out var its).IsError
                ? $"{name} (pid {id})"
                : $"{name} (pid {id}, user {Users.OfSystem.NameOf(its.Uid)})";
        }
        return null;
    }

    private static string OfUser(string id) => "a process of user " + (
        uint.TryParse(id, NumberStyles.None, null, out var number)
            ? Users.OfSystem.NameOf(number)
            : id);

    private static string[] Lines(string file) => Read(() => File.ReadAllLines(file)) ?? [];

    private static string[] Entries(string directory) =>
        Read(() => Directory.GetFileSystemEntries(directory)) ?? [];

    private static string? Target(string link) => Read(() => new FileInfo(link).LinkTarget);

    // What we may not see, or what has gone while we looked, is not there.
    private static T? Read<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
