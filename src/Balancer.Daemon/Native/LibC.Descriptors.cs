using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// Descriptors that somebody else has opened for us, or has not.
static unsafe partial class LibC
{
    internal const int GetDescriptorFlags = 1, DescriptorCloseOnExec = 1;
    internal const int ReadAndWrite = 2;

    /// <summary>The flags of a descriptor; EBADF if it is not open.</summary>
    public static SysResult DescriptorFlags(int descriptor) =>
        Answer(fcntl(descriptor, GetDescriptorFlags));

    /// <summary>A descriptor, the lowest that is free, that is always empty and never full.
    /// </summary>
    public static SysResult OpenNull()
    {
        SysResult result;
        do result = Answer(open("/dev/null", ReadAndWrite, 0));
        while (result.Is(Errno.EINTR));
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(int descriptor, int command);
}
