using System.ComponentModel;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>A refusal of the kernel, in words.</summary>
static class StreamErrors
{
    /// <summary><c>ECONNREFUSED (Connection refused)</c>.</summary>
    public static string InWords(this Errno error) =>
        $"{error} ({new Win32Exception((int)error).Message})";
}
