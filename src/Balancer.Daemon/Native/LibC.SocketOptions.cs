using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>A socket option: its level and its number there.</summary>
readonly record struct SockOption(int Level, int Name)
{
    const int Socket = 1, Ip = 0, Tcp = 6, Udp = 17;

    public static readonly SockOption ReuseAddress = new(Socket, 2);
    public static readonly SockOption Error = new(Socket, 4);
    public static readonly SockOption SendBuffer = new(Socket, 7);
    public static readonly SockOption ReceiveBuffer = new(Socket, 8);
    public static readonly SockOption ReusePort = new(Socket, 15);
    /// <summary>A program that says how much of a packet is kept.</summary>
    public static readonly SockOption AttachFilter = new(Socket, 26);
    public static readonly SockOption DetachFilter = new(Socket, 27);
    /// <summary>Answers with a <see cref="UCred"/>: who has connected, vouched for by the kernel.
    /// </summary>
    public static readonly SockOption PeerCredentials = new(Socket, 17);
    /// <summary>For how long a receive waits; a <see cref="TimeVal"/>.</summary>
    public static readonly SockOption ReceivePatience = new(Socket, 20);
    /// <summary>For how long a send does.</summary>
    public static readonly SockOption SendPatience = new(Socket, 21);
    /// <summary>Above the system's limit; for the privileged.</summary>
    public static readonly SockOption SendBufferForce = new(Socket, 32);
    /// <summary>Above the system's limit; for the privileged.</summary>
    public static readonly SockOption ReceiveBufferForce = new(Socket, 33);
    /// <summary>A program that says which socket of a group a packet is for.</summary>
    public static readonly SockOption AttachReusePortFilter = new(Socket, 51);
    /// <summary>1 if it listens.</summary>
    public static readonly SockOption AcceptsConnections = new(Socket, 30);
    public static readonly SockOption Protocol = new(Socket, 38);
    public static readonly SockOption Domain = new(Socket, 39);
    /// <summary>A number that no other socket has.</summary>
    public static readonly SockOption Cookie = new(Socket, 57);
    public static readonly SockOption PacketInfo = new(Ip, 8);
    public static readonly SockOption NoDelay = new(Tcp, 1);
    /// <summary>Known to kernels that can cut one message into datagrams.</summary>
    public static readonly SockOption Segment = new(Udp, 103);
    /// <summary>Whole trains are received as one message, for tests that want to see them.
    /// </summary>
    public static readonly SockOption ReceiveTrains = new(Udp, 104);
}

/// <summary>The process at the other end of a local socket.</summary>
[StructLayout(LayoutKind.Sequential)]
struct UCred
{
    public int Pid;
    public uint Uid;
    public uint Gid;
}

static unsafe partial class LibC
{
    public static SysResult SetSockOpt<T>(int fd, SockOption option, in T value)
        where T : unmanaged
    {
        fixed (T* v = &value)
            return Answer(setsockopt(fd, option.Level, option.Name, v, (uint)sizeof(T)));
    }

    public static SysResult GetSockOpt<T>(int fd, SockOption option, out T value)
        where T : unmanaged
    {
        T got = default;
        var length = (uint)sizeof(T);
        var result = Answer(getsockopt(fd, option.Level, option.Name, &got, &length));
        value = got;
        return result;
    }

    /// <summary>What became of a connect in progress, or broke a connection; asking clears it.
    /// </summary>
    public static Errno SocketError(int fd)
    {
        var asked = GetSockOpt(fd, SockOption.Error, out int error);
        return asked.IsError ? asked.Error : (Errno)error;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, void* value, uint* length);
}
