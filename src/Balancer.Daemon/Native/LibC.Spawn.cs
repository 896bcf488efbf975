using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// Other programs, each in a process group of its own, so that it can be ended with its children.
static unsafe partial class LibC
{
    /// <summary>Room for what posix_spawn keeps in structures of its own; they are smaller with
    /// every C library.</summary>
    internal const int SpawnRoom = 512;

    internal const int SpawnSetsGroup = 2, SpawnSetsDefaults = 4, SpawnSetsMask = 8;
    internal const int WaitsForPid = 1, WaitsForEnd = 4, WaitsOnly = 0x0100_0000;
    internal const int Kill = 9, BrokenPipe = 13;

    /// <summary>A set of signals, and what is told of a child, in words of 64 bits.</summary>
    internal const int SignalWords = 16;

    private const int ReadWrite = 2;

    /// <summary>
    /// Starts a program with nothing to read, with what it says on stdout thrown away, on our
    /// stderr, with no signal ignored or blocked. Its number, which is that of its group, too.
    /// </summary>
    /// <param name="path">Of the program; no shell, and no PATH, is asked.</param>
    /// <param name="arguments">With its name first; ends with null.</param>
    /// <param name="environment">Lines NAME=value; ends with null.</param>
    public static SysResult Spawn(string path, byte** arguments, byte** environment)
    {
        byte* files = stackalloc byte[SpawnRoom], attributes = stackalloc byte[SpawnRoom];
        ulong* none = stackalloc ulong[SignalWords], pipe = stackalloc ulong[SignalWords];
        new Span<ulong>(none, SignalWords).Clear();
        new Span<ulong>(pipe, SignalWords).Clear();
        // What .NET ignores for its own sake, its children would go on ignoring.
        pipe[0] = 1ul << (BrokenPipe - 1);
        var error = FirstError(
            posix_spawn_file_actions_init(files), posix_spawnattr_init(attributes));
        if (error != 0)
            return SysResult.Failed((Errno)error);
        var pid = 0;
        error = FirstError(
            posix_spawn_file_actions_addopen(files, 0, "/dev/null", ReadWrite, 0),
            posix_spawn_file_actions_addopen(files, 1, "/dev/null", ReadWrite, 0),
            posix_spawnattr_setsigmask(attributes, none),
            posix_spawnattr_setsigdefault(attributes, pipe),
            posix_spawnattr_setflags(
                attributes, SpawnSetsGroup | SpawnSetsDefaults | SpawnSetsMask));
        if (error == 0)
            error = posix_spawn(&pid, path, files, attributes, arguments, environment);
        var freed = FirstError(
            posix_spawn_file_actions_destroy(files), posix_spawnattr_destroy(attributes));
        Debug.Assert(freed == 0, "what was made can be freed");
        return error == 0 ? SysResult.Of(pid) : SysResult.Failed((Errno)error);
    }

    /// <summary>Waits until this child has ended; its number stays taken.</summary>
    public static SysResult AwaitEnd(int pid)
    {
        ulong* info = stackalloc ulong[SignalWords];
        SysResult result;
        do result = Answer(waitid(WaitsForPid, (uint)pid, info, WaitsForEnd | WaitsOnly));
        while (result.Is(Errno.EINTR));
        return result;
    }

    /// <summary>How this child has ended, as waitpid tells it; its number is free then.</summary>
    public static SysResult Reap(int pid, out int status)
    {
        int told = 0;
        SysResult result;
        do result = Answer(waitpid(pid, &told, 0));
        while (result.Is(Errno.EINTR));
        status = told;
        return result;
    }

    /// <summary>Ends all that is in this process group.</summary>
    public static SysResult KillGroup(int group) => Answer(kill(-group, Kill));

    private static int FirstError(params ReadOnlySpan<int> errors)
    {
        foreach (var error in errors)
        {
            if (error != 0)
                return error;
        }
        return 0;
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(
        int* pid, string path, byte* files, byte* attributes, byte** arguments,
        byte** environment);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_init(byte* files);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_destroy(byte* files);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(
        byte* files, int descriptor, string path, int flags, uint mode);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, ulong* signals);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, ulong* signals);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int waitid(int kind, uint id, ulong* info, int options);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
