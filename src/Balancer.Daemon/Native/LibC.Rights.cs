using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>Seconds and microseconds, as socket options take them: <c>timeval</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly struct TimeVal(TimeSpan span)
{
    public readonly long Seconds = (long)span.TotalSeconds;
    public readonly long Microseconds =
        span.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
}

// Descriptors from one process to another, over a local stream.
static unsafe partial class LibC
{
    const int LevelSocket = 1, TypeRights = 1, CloseOnExecRights = 0x4000_0000;

    /// <summary>So many descriptors go with one message, by the kernel's limit (SCM_MAX_FD).
    /// </summary>
    public const int MostRights = 253;

    /// <summary>Sends bytes, at least one, and descriptors with the first of them. Waits.</summary>
    public static SysResult SendRights(
        int fd, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[RightsSpace(MostRights)];
        fixed (byte* b = bytes)
        {
            var piece = new IoVec(b, bytes.Length);
            var message = new MsgHdr { Pieces = &piece, PieceCount = 1 };
            if (descriptors.Length > 0)
            {
                var head = (CMsgHdr*)control;
                *head = new CMsgHdr
                {
                    Length = (nuint)(sizeof(CMsgHdr) + descriptors.Length * sizeof(int)),
                    Level = LevelSocket,
                    Type = TypeRights,
                };
                descriptors.CopyTo(new Span<int>(head + 1, descriptors.Length));
                message.Control = control;
                message.ControlLength = (nuint)RightsSpace(descriptors.Length);
            }
            SysResult result;
            do result = Answer(sendmsg(fd, &message, (int)MsgFlags.NoSignal));
            while (result.Is(Errno.EINTR));
            return result;
        }
    }

    /// <summary>Receives bytes, and the descriptors that came with them, which no child of ours
    /// inherits. Waits; zero is the end of the stream.</summary>
    public static SysResult RecvRights(int fd, Span<byte> bytes, List<int> descriptors)
    {
        var control = stackalloc byte[RightsSpace(MostRights)];
        fixed (byte* b = bytes)
        {
            var piece = new IoVec(b, bytes.Length);
            var message = new MsgHdr
            {
                Pieces = &piece,
                PieceCount = 1,
                Control = control,
                ControlLength = (nuint)RightsSpace(MostRights),
            };
            SysResult result;
            do result = Answer(recvmsg(fd, &message, CloseOnExecRights));
            while (result.Is(Errno.EINTR));
            var head = (CMsgHdr*)control;
            if (!result.IsError && message.ControlLength >= (nuint)sizeof(CMsgHdr)
                && head->Level == LevelSocket && head->Type == TypeRights)
            {
                var count = ((int)head->Length - sizeof(CMsgHdr)) / sizeof(int);
                foreach (var descriptor in new Span<int>(head + 1, count))
                    descriptors.Add(descriptor);
            }
            return result;
        }
    }

    /// <summary>The next connection of a local listener, which waits in every call; never
    /// inherited.</summary>
    public static SysResult AcceptLocal(int fd)
    {
        SysResult result;
        do result = Answer(accept4(fd, null, null, (int)SockType.CloseOnExec));
        while (result.Is(Errno.EINTR));
        return result;
    }

    // CMSG_SPACE.
    static int RightsSpace(int descriptors) =>
        sizeof(CMsgHdr) + (descriptors * sizeof(int) + sizeof(nuint) - 1) / sizeof(nuint)
            * sizeof(nuint);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint recvmsg(int fd, MsgHdr* message, int flags);
}
