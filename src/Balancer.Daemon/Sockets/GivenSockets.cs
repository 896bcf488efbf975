// HANDED OVER: sockets that somebody else has bound, to serve from instead of binding.
//
// A supervisor that holds the listening sockets, or a predecessor that passes its own on, makes a
// restart that loses nothing: the kernel goes on queueing while nobody reads. So nothing is closed
// or drained here that somebody else still holds; we read, and set what a socket that we bind
// ourselves gets: that it does not block, is not inherited, tells which address was asked, and has
// room. A supervisor may have asked for more room than we may have: that is left.
//
// Whatever they are called, sockets are told apart by what they are. On each address there must be
// UDP and TCP, all on one port (C3), and the same number of each: one for each loop, in the order
// of the loops, which is that in which they were bound. Where there are fewer, the other loops'
// sockets join the group of SO_REUSEPORT, if the kernel lets us (it asks for the same user);
// what waits in those is lost at a restart, as it always was. More than there are loops is
// refused: nobody would read them.
//
// Not promised: that the program which deals clients out is undone where fewer loops follow.

using System.Net;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>The sockets that were handed to us, until the listeners have taken them.</summary>
sealed class GivenSockets : IDisposable
{
    readonly Dictionary<(bool IsUdp, IPAddress Address), List<Descriptor>> _sockets;

    GivenSockets(IReadOnlyList<GivenSocket> all)
    {
        Port = all[0].Port;
        Addresses = [.. all.Select(socket => socket.Address).Distinct()];
        _sockets = all
            .GroupBy(socket => (socket.IsUdp, socket.Address))
            .ToDictionary(same => same.Key, same => same
                .Select(socket => new Descriptor(socket.From.Fd))
                .ToList());
        PerListener = _sockets.Values.First().Count;
    }

    /// <summary>The addresses they are bound to, none twice.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>The port of all.</summary>
    public int Port { get; }

    /// <summary>How many there are of each address and transport: for so many loops.</summary>
    public int PerListener { get; }

    /// <summary>Looks at these descriptors, and owns them from then on, whatever they are.
    /// </summary>
    /// <param name="descriptors">At least one; of one address and transport, in the order of the
    /// loops.</param>
    /// <exception cref="GivenSocketsException">They cannot be served from.</exception>
    public static GivenSockets Of(IReadOnlyList<GivenDescriptor> descriptors)
    {
        try
        {
            var all = descriptors.Select(GivenSocket.Of).ToList();
            if (WhyNot(all) is { } reason)
                throw new GivenSocketsException(reason);
            return new(all);
        }
        catch (GivenSocketsException)
        {
            foreach (var descriptor in descriptors)
                LibC.Close(descriptor.Fd);
            throw;
        }
    }

    /// <summary>These options, with the listeners that were handed over.</summary>
    /// <exception cref="GivenSocketsException">Others were asked for.</exception>
    public DaemonOptions Into(DaemonOptions options)
    {
        var usual = new DaemonOptions();
        if (options.Port != usual.Port && options.Port != Port)
            throw new GivenSocketsException(
                $"--port {options.Port}: the sockets that were handed over are on port {Port}");
        if (!options.Addresses.SequenceEqual(usual.Addresses)
            && !options.Addresses.ToHashSet().SetEquals(Addresses))
        {
            throw new GivenSocketsException(
                $"--bind {string.Join(", ", options.Addresses)}: the sockets that were handed over "
                + $"are on {string.Join(", ", Addresses)}");
        }
        if (PerListener > options.Loops)
            throw new GivenSocketsException(
                $"--loops {options.Loops}: {PerListener} sockets were handed over for each address"
                + " and transport, one for each loop");
        return options with { Addresses = Addresses, Port = Port, Given = this };
    }

    /// <summary>The socket for this loop, which is the taker's now; null: it has to bind one.
    /// </summary>
    public Descriptor? Take(bool udp, IPAddress address, int loop)
    {
        if (loop >= PerListener)
            return null;
        // What was taken, its taker closes.
        return new(_sockets[(udp, address)][loop].Release());
    }

    /// <summary>Closes those that nobody has taken.</summary>
    public void Dispose()
    {
        foreach (var socket in _sockets.Values.SelectMany(sockets => sockets))
            socket.Dispose();
    }

    static string? WhyNot(List<GivenSocket> all)
    {
        if (all.FirstOrDefault(socket => socket.Port != all[0].Port) is { } elsewhere)
            return $"{elsewhere.From}: on port {elsewhere.Port}, but {all[0].From} is on port "
                + $"{all[0].Port}: one port serves all";
        var twice = all.GroupBy(socket => socket.Cookie).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            return $"{twice.Last().From}: the same socket as {twice.First().From}";
        var counts = all
            .SelectMany(socket => new[] { (socket.Address, true), (socket.Address, false) })
            .Distinct()
            .Select(kind => (Kind: kind, Count: all.Count(
                socket => kind.Equals((socket.Address, socket.IsUdp)))))
            .ToList();
        var most = counts.MaxBy(kind => kind.Count);
        var least = counts.MinBy(kind => kind.Count);
        return most.Count == least.Count
            ? null
            : $"{Words(most)} handed over, but {Words(least)}: there must be as many of each";
    }

    static string Words(((IPAddress Address, bool IsUdp) Kind, int Count) of) =>
        $"{of.Count} {(of.Kind.IsUdp ? "UDP" : "TCP")} on {of.Kind.Address}";
}
