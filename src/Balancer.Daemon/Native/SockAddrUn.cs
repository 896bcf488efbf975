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

    [InlineArray(LongestPath + 1)]
    struct PathBytes
    {
        byte _first;
    }
}
