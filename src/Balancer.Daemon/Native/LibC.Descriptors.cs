using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// Descriptors that somebody else has opened for us, or has not.
static unsafe partial class LibC
{
    internal const int GetDescriptorFlags = 1, SetDescriptorFlags = 2, DescriptorCloseOnExec = 1;
    internal const int GetStatusFlags = 3, SetStatusFlags = 4;
    internal const int ReadAndWrite = 2;

    /// <summary>The flags of a descriptor; EBADF if it is not open.</summary>
    public static SysResult DescriptorFlags(int descriptor) =>
        Answer(fcntl(descriptor, GetDescriptorFlags, 0));

    /// <summary>No program that we start inherits it; EBADF if it is not open.</summary>
    public static SysResult KeepFromChildren(int descriptor) =>
        Answer(fcntl(descriptor, SetDescriptorFlags, DescriptorCloseOnExec));

    /// <summary>No call on it waits; so it is for all who hold it.</summary>
    public static SysResult SetNonBlocking(int descriptor)
    {
        var flags = Answer(fcntl(descriptor, GetStatusFlags, 0));
        return flags.IsError
            ? flags
            : Answer(fcntl(descriptor, SetStatusFlags, flags.Value | (int)SockType.NonBlocking));
    }

    /// <summary>A descriptor, the lowest that is free, that is always empty and never full.
    /// </summary>
    public static SysResult OpenNull()
    {
        SysResult result;
        do result = Answer(open("/dev/null", ReadAndWrite, 0));
        while (result.Is(Errno.EINTR));
        return result;
    }

    /// <summary>Writes where the descriptor stands; how many bytes, which may be fewer.</summary>
    public static SysResult Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        SysResult result;
        fixed (byte* start = bytes)
        {
            do result = Answer(write(descriptor, start, (nuint)bytes.Length));
            while (result.Is(Errno.EINTR));
        }
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, long argument);
}
