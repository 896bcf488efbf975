using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>How much of a resource a process may have, and up to where it may ask for more.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
struct RLimit
{
    public ulong Soft;
    public ulong Hard;
}

// Who we are and how many descriptors we may hold.
static unsafe partial class LibC
{
    internal const int OpenFiles = 7;

    public static SysResult GetOpenFilesLimit(out RLimit limit)
    {
        RLimit got;
        var result = Answer(getrlimit(OpenFiles, &got));
        limit = got;
        return result;
    }

    public static SysResult SetOpenFilesLimit(RLimit limit) =>
        Answer(setrlimit(OpenFiles, &limit));

    /// <summary>The user we run as; this call cannot fail.</summary>
    public static uint GetUid() => getuid();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, RLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setrlimit(int resource, RLimit* limit);

    [LibraryImport(Library)]
    private static partial uint getuid();
}
