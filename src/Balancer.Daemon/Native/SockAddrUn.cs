using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Balancer.Daemon.Native;

/// <summary>A local socket's place in the file system: <c>sockaddr_un</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SockAddrUn
{
    /// <summary>One less than the field, for the zero at its end.</summary>
    public const int LongestPath = 107;

    public ushort Family;
    PathBytes _path;

    /// <summary>False if the path is empty, too long, or holds a zero.</summary>
    public static bool TryCreate(string path, out SockAddrUn address)
    {
        address = new SockAddrUn { Family = (ushort)SockDomain.Unix };
        return path.Length > 0
            && !path.Contains('\0', StringComparison.Ordinal)
            && Encoding.UTF8.GetByteCount(path) <= LongestPath
            && Encoding.UTF8.TryGetBytes(path, address._path, out _);
    }

    /// <summary>A name that is in no file system, and is gone with its socket; short, of ASCII.
    /// </summary>
    public static SockAddrUn Abstract(string name)
    {
        var address = new SockAddrUn { Family = (ushort)SockDomain.Unix };
        Span<byte> path = address._path;
        Encoding.ASCII.GetBytes(name, path[1..]);
        return address;
    }

    [InlineArray(LongestPath + 1)]
    struct PathBytes
    {
        byte _first;
    }
}
