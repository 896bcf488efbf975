using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// Datagrams by the batch: one call, many messages, each with its own address and, where IP_PKTINFO
// is on, a PacketInfoControl that says which local address it came to or should leave from.
static unsafe partial class LibC
{
    /// <summary>How many of <paramref name="messages"/> were filled. The lengths of name and
    /// control in each header are in-out: set them again before every call.</summary>
    public static SysResult RecvMmsg(
        int fd, MMsgHdr* messages, int count, MsgFlags flags = MsgFlags.DontWait)
    {
        SysResult result;
        do result = Answer(recvmmsg(fd, messages, (uint)count, (int)flags, null));
        while (result.Is(Errno.EINTR));
        return result;
    }

    /// <summary>How many were sent. Fewer than <paramref name="count"/> means that the next one
    /// was refused; why, only a call beginning with that one tells.</summary>
    public static SysResult SendMmsg(
        int fd, MMsgHdr* messages, int count, MsgFlags flags = MsgFlags.DontWait)
    {
        SysResult result;
        do result = Answer(
            sendmmsg(fd, messages, (uint)count, (int)(flags | MsgFlags.NoSignal)));
        while (result.Is(Errno.EINTR));
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int recvmmsg(
        int fd, MMsgHdr* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int sendmmsg(int fd, MMsgHdr* messages, uint count, int flags);
}
