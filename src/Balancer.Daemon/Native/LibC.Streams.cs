using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

[Flags]
enum MsgFlags
{
    None = 0,
    Peek = 0x2,
    ControlTruncated = 0x8,
    Truncated = 0x20,
    DontWait = 0x40,
    NoSignal = 0x4000,
}

// Bytes in and out of one connection. A peer that has gone is EPIPE, never a signal.
static unsafe partial class LibC
{
    /// <summary>Zero is the end of the stream.</summary>
    public static SysResult Recv(int fd, Span<byte> buffer, MsgFlags flags = MsgFlags.DontWait)
    {
        fixed (byte* b = buffer)
        {
            SysResult result;
            do result = Answer(recv(fd, b, (nuint)buffer.Length, (int)flags));
            while (result.Is(Errno.EINTR));
            return result;
        }
    }

    public static SysResult Send(
        int fd, ReadOnlySpan<byte> bytes, MsgFlags flags = MsgFlags.DontWait)
    {
        fixed (byte* b = bytes)
        {
            SysResult result;
            do result = Answer(
                send(fd, b, (nuint)bytes.Length, (int)(flags | MsgFlags.NoSignal)));
            while (result.Is(Errno.EINTR));
            return result;
        }
    }

    /// <summary>One write of two pieces: what a ring holds when it wraps.</summary>
    public static SysResult Send(
        int fd,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        MsgFlags flags = MsgFlags.DontWait)
    {
        fixed (byte* a = first)
        fixed (byte* b = second)
        {
            var pieces = stackalloc IoVec[2];
            pieces[0] = new IoVec(a, first.Length);
            pieces[1] = new IoVec(b, second.Length);
            var message = new MsgHdr { Pieces = pieces, PieceCount = 2 };
            SysResult result;
            do result = Answer(sendmsg(fd, &message, (int)(flags | MsgFlags.NoSignal)));
            while (result.Is(Errno.EINTR));
            return result;
        }
    }

    /// <summary>Not retried: Linux has freed the descriptor even when it answers EINTR, and the
    /// number may already be somebody else's.</summary>
    public static SysResult Close(int fd) => Answer(close(fd));

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint sendmsg(int fd, MsgHdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int fd);
}
