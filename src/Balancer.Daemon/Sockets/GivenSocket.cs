using System.Net;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>What was handed to us cannot be served from; the message is one sentence.</summary>
sealed class GivenSocketsException(string message) : Exception(message);

/// <summary>A descriptor that was handed to us, and what its giver calls it, if anything.</summary>
readonly record struct GivenDescriptor(int Fd, string Name = "")
{
    /// <summary>For sentences.</summary>
    public override string ToString() =>
        Name.Length == 0 ? $"descriptor {Fd}" : $"descriptor {Fd} ({Name})";
}

/// <summary>A socket that was handed to us and looked at: UDP or TCP, bound, and, if TCP,
/// listening.</summary>
/// <param name="From">The descriptor.</param>
/// <param name="IsUdp">UDP; otherwise TCP.</param>
/// <param name="Address">Where it is bound.</param>
/// <param name="Port">Where it is bound.</param>
/// <param name="Cookie">The kernel's number of it: two descriptors of one socket share it.</param>
sealed record GivenSocket(
    GivenDescriptor From, bool IsUdp, IPAddress Address, int Port, ulong Cookie)
{
    const int Udp = 17, Tcp = 6;

    /// <summary>Asks the kernel what this descriptor is; from here on no child inherits it.
    /// </summary>
    /// <exception cref="GivenSocketsException">It is nothing that could be served from.</exception>
    public static GivenSocket Of(GivenDescriptor given)
    {
        var fd = given.Fd;
        var kept = LibC.KeepFromChildren(fd);
        if (kept.IsError)
            throw new GivenSocketsException($"{given}: {kept.Error.InWords()}");
        if (Number(SockOption.Domain) is not { } domain)
            throw new GivenSocketsException($"{given}: not a socket");
        var protocol = Number(SockOption.Protocol);
        if (domain != (int)SockDomain.Inet || protocol is not (Udp or Tcp))
            throw new GivenSocketsException($"{given}: neither UDP nor TCP of IPv4");
        if (protocol == Tcp && Number(SockOption.AcceptsConnections) != 1)
            throw new GivenSocketsException($"{given}: a TCP socket that does not listen");
        var asked = LibC.GetSockName(fd, out var bound);
        if (asked.IsError || bound.Port == 0)
            throw new GivenSocketsException($"{given}: not bound to a port");
        if (LibC.GetSockOpt(fd, SockOption.Cookie, out ulong cookie) is { IsError: true } refused)
            throw new GivenSocketsException($"{given}: SO_COOKIE: {refused.Error.InWords()}");
        return new(
            given, protocol == Udp, new(bound.NetworkAddress), bound.Port, cookie);

        int? Number(SockOption option) =>
            LibC.GetSockOpt(fd, option, out int value).IsError ? null : value;
    }

    /// <summary>For sentences.</summary>
    public string Transport => IsUdp ? "UDP" : "TCP";
}
