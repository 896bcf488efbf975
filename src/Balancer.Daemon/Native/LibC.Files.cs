using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// As much of the file system as the socket directory and a reserve descriptor need.
static unsafe partial class LibC
{
    internal const int RelativeToWorkingDirectory = -100, DoNotFollow = 0x100,
        OfDescriptor = 0x1000;
    internal const uint BasicStats = 0x7ff;
    private const int MayWrite = 2, MaySearch = 1;

    /// <summary>Whether we may make files in this directory.</summary>
    public static bool CanWrite(string directory) =>
        !Answer(access(directory, MayWrite | MaySearch)).IsError;

    /// <summary>What stands at <paramref name="path"/>, without following a last link.</summary>
    public static SysResult Statx(string path, out Statx file) =>
        Statx(RelativeToWorkingDirectory, path, DoNotFollow, out file);

    /// <summary>What is open as <paramref name="descriptor"/>.</summary>
    public static SysResult StatxOf(int descriptor, out Statx file) =>
        Statx(descriptor, "", OfDescriptor, out file);

    static SysResult Statx(int directory, string path, int flags, out Statx file)
    {
        Statx found = default;
        SysResult result;
        do result = Answer(statx(directory, path, flags, BasicStats, &found));
        while (result.Is(Errno.EINTR));
        file = found;
        return result;
    }

    /// <summary>Sets the permission bits of a file.</summary>
    public static SysResult SetMode(string path, uint mode) => Answer(chmod(path, mode));

    /// <summary>Makes a directory of this mode; there may be one.</summary>
    public static SysResult MakeDirectory(string path, uint mode) => Answer(mkdir(path, mode));

    /// <summary>A descriptor that only takes up a place. Close it when accept answers EMFILE:
    /// one connection can then be accepted and closed, instead of knocking for ever.</summary>
    public static SysResult OpenReserve()
    {
        SysResult result;
        do result = Answer(open("/dev/null", CloseOnExec, 0));
        while (result.Is(Errno.EINTR));
        return result;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(
        int directory, string path, int flags, uint mask, Statx* file);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chmod(string path, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);
}
