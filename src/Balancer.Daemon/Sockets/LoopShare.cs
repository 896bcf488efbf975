// STEERING: several loops on one port, and every client always meets the same.
//
// Each loop has a socket of its own per address and transport; those of one address are a group of
// SO_REUSEPORT. A program of a few steps, attached to the group, lets the kernel choose the socket
// by the client's address alone, so that UDP and TCP of one client come to one loop, and the loops
// need not know each other. The kernel numbers the sockets of a group in the order in which they
// were bound (TCP: listened), which is the order of the loops.
//
// Two things would break this. A second instance could join the group and take a share of the
// clients: so the first socket binds without the option, which fails if anybody else is there, and
// sets it afterwards. And until all have joined, the program's choice may name a socket that is not
// there yet: so every socket that we bind drops what comes until Open.

using Balancer.Daemon.Native;
using Balancer.Rx;

namespace Balancer.Daemon.Sockets;

/// <summary>Which share of the clients a socket is for: that of one loop among so many, the first
/// of which have sockets that were handed over (<see cref="GivenSockets"/>).</summary>
readonly record struct LoopShare(int Index, int Count, int Given = 0)
{
    const ushort ReturnConstant = 0x06;

    const uint Golden = 0x9E37_79B1;
    const int Shift = 16;

    /// <summary>There is one loop, for everybody.</summary>
    public static LoopShare Whole => new(0, 1);

    static readonly SockFilter[] KeepNothing = [new(ReturnConstant, 0)];

    /// <summary>The number of the loop that this client always meets, of so many.</summary>
    public static int LoopOf(ClientAddress client, int count) =>
        count == 1 ? 0 : (int)((unchecked(client.Value * Golden) >> Shift) % (uint)count);

    bool IsWhole => Count == 1;

    bool IsGiven => Index < Given;

    /// <summary>To be called instead of the next two for a socket that was handed over. It drops
    /// nothing; and while not all have joined, it and its like are all that is dealt to.</summary>
    public void Adopt(int fd)
    {
        if (IsWhole)
            return;
        SetReusePort(fd);
        // Refused where there is no group yet: then for a moment the kernel deals as it likes.
        if (Index == Given - 1 && Given < Count)
            LibC.Attach(fd, SockOption.AttachReusePortFilter, ByClient(Given));
    }

    /// <summary>To be called between socket and bind.</summary>
    public void BeforeBind(int fd)
    {
        if (IsWhole)
            return;
        LibC.Attach(fd, SockOption.AttachFilter, KeepNothing)
            .OrThrow("setsockopt SO_ATTACH_FILTER");
        if (Index > 0)
            SetReusePort(fd);
    }

    /// <summary>To be called right after bind, before the socket of the next loop is.</summary>
    public void AfterBind(int fd)
    {
        if (!IsWhole && Index == 0)
            SetReusePort(fd);
    }

    /// <summary>To be called when it is bound (UDP) or listens (TCP): the last steers.</summary>
    public void Joined(int fd)
    {
        if (IsWhole || Index < Count - 1)
            return;
        LibC.Attach(fd, SockOption.AttachReusePortFilter, ByClient(Count))
            .OrThrow("setsockopt SO_ATTACH_REUSEPORT_CBPF");
    }

    /// <summary>From now on what comes is kept: to be called when all have joined.</summary>
    public void Open(int fd)
    {
        if (!IsWhole && !IsGiven)
            LibC.SetSockOpt(fd, SockOption.DetachFilter, 0).OrThrow("setsockopt SO_DETACH_FILTER");
    }

    static void SetReusePort(int fd) =>
        LibC.SetSockOpt(fd, SockOption.ReusePort, 1).OrThrow("setsockopt SO_REUSEPORT");

    // A = source address of the IP header; multiplicative hashing, so that neighbours spread.
    static SockFilter[] ByClient(int count)
    {
        const ushort loadWord = 0x20, multiply = 0x24, shiftRight = 0x74, modulo = 0x94,
            returnA = 0x16;
        const uint networkHeader = 0xFFF0_0000, sourceAddress = 12;
        return
        [
            new(loadWord, networkHeader + sourceAddress),
            new(multiply, Golden),
            new(shiftRight, Shift),
            new(modulo, (uint)count),
            new(returnA, 0),
        ];
    }
}
