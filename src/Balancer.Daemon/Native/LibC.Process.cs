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

// Who we are, how many descriptors we may hold, and what nobody can guess.
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

    /// <summary>Bits nobody can guess. (What .NET has for this loads OpenSSL, a tenth of the time
    /// from exec to the first answer.)</summary>
    public static T Random<T>()
        where T : unmanaged
    {
        T drawn;
        // Up to 256 bytes come whole once the kernel's pool is filled, for which this waits.
        Answer(getrandom(&drawn, (nuint)sizeof(T), 0)).OrThrow("getrandom");
        return drawn;
    }

    /// <summary>The user we run as; this call cannot fail.</summary>
    public static uint GetUid() => getuid();

    /// <summary>The user whose rights we have; this call cannot fail.</summary>
    public static uint GetEffectiveUid() => geteuid();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, RLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setrlimit(int resource, RLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint getrandom(void* bytes, nuint length, uint flags);

    [LibraryImport(Library)]
    private static partial uint getuid();

    [LibraryImport(Library)]
    private static partial uint geteuid();
}
