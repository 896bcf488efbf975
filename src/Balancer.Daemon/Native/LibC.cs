// LIBC: the system calls that .NET lacks or wraps in exceptions, each wrapped once.
//
// Policy. A wrapper never throws and never allocates (but for a path's bytes): it answers with a
// SysResult. EINTR is retried inside, with two exceptions told where they are: close, which Linux
// has done even when it says EINTR, and epoll_wait, whose time-out would start anew. Flags that
// must always be set (no SIGPIPE) are set here, not by the callers.
//
// Everything that crosses the border is blittable. The layouts are our own claims about a C
// compiler's work, and a test compiles a C program to prove each of them.
//
// Not promised: any system but Linux, any architecture but x64 and arm64 (on others some of the
// constants differ), IPv6.

using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

static unsafe partial class LibC
{
    const string Library = "libc";

    /// <summary>To be called at once after the call it speaks about.</summary>
    static SysResult Answer(long returned) => returned >= 0
        ? SysResult.Of(returned)
        : SysResult.Failed((Errno)Marshal.GetLastPInvokeError());
}
