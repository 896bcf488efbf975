using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Balancer.Daemon.Native;

// Processes like ourselves: they take our place, or stand between.
static unsafe partial class LibC
{
    const int NoHang = 1, MayExecute = 1, BecomeReaper = 36;

    /// <summary>Starts a program, with our standard streams and working directory, in a process
    /// group of its own: what is typed in a terminal is for us alone. Its number, or why it cannot
    /// be started.</summary>
    /// <param name="path">The program, not looked for anywhere.</param>
    /// <param name="arguments">Its arguments, the first is its name.</param>
    /// <param name="environment">All of its environment, as NAME=VALUE.</param>
    public static SysResult Spawn(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var attributes = stackalloc byte[SpawnRoom];
        using var given = new Texts(arguments);
        using var variables = new Texts(environment);
        var child = 0;
        var error = FirstError(
            posix_spawnattr_init(attributes),
            posix_spawnattr_setflags(attributes, SpawnSetsGroup));
        if (error == 0)
            error = posix_spawn(&child, path, null, attributes, given.All, variables.All);
        var freed = posix_spawnattr_destroy(attributes);
        Debug.Assert(freed == 0, "what was made can be freed");
        return error == 0 ? SysResult.Of(child) : SysResult.Failed((Errno)error);
    }

    /// <summary>Takes note of the end of a child, any if -1: its number; zero if it has not ended
    /// and nobody waits.</summary>
    public static SysResult Reap(int child, bool waits, out ChildEnd end)
    {
        int status;
        SysResult result;
        do result = Answer(waitpid(child, &status, waits ? 0 : NoHang));
        while (result.Is(Errno.EINTR));
        end = new(status);
        return result;
    }

    /// <summary>Whether we may execute this file.</summary>
    public static bool CanExecute(string path) => !Answer(access(path, MayExecute)).IsError;

    /// <summary>Sends a signal.</summary>
    public static SysResult Signal(int process, int signal) => Answer(kill(process, signal));

    /// <summary>From now on our children's orphans are ours.</summary>
    public static SysResult AdoptOrphans() => Answer(prctl(BecomeReaper, 1, 0, 0, 0));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int prctl(int option, long a, long b, long c, long d);

    // Texts as C has them: an array of pointers with a null at its end.
    private readonly ref struct Texts
    {
        public readonly byte** All;
        private readonly int _count;

        public Texts(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            All = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                var bytes = Encoding.UTF8.GetByteCount(texts[i]);
                All[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes + 1);
                Encoding.UTF8.GetBytes(texts[i], new Span<byte>(All[i], bytes));
            }
        }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                NativeMemory.Free(All[i]);
            NativeMemory.Free(All);
        }
    }
}

/// <summary>How a child has ended, as the kernel tells it.</summary>
readonly record struct ChildEnd(int Status)
{
    const int SignalBits = 0x7f, AfterSignal = 128;

    /// <summary>The signal that has ended it; zero: it has ended by itself.</summary>
    public int Signal => Status & SignalBits;

    /// <summary>As a shell would tell it.</summary>
    public int ExitCode => Signal == 0 ? Status >> 8 & 0xff : AfterSignal + Signal;

    public override string ToString() =>
        Signal == 0 ? $"it ended with code {ExitCode}" : $"it was ended by signal {Signal}";
}
