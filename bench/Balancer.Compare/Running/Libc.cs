using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Balancer.Compare.Running;

/// <summary>The two system calls that .NET does not offer.</summary>
static unsafe partial class Libc
{
    public const int SigInt = 2;
    public const int SigUsr1 = 10;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;
    const int MaskWords = 16;

    /// <summary>Which of the first 1,024 cores this thread may use.</summary>
    public static int[] AllowedCores()
    {
        var mask = stackalloc ulong[MaskWords];
        if (sched_getaffinity(0, MaskWords * sizeof(ulong), mask) < 0)
            throw new Win32Exception();
        var allowed = new List<int>();
        for (var core = 0; core < MaskWords * 64; core++)
            if ((mask[core / 64] >> (core % 64) & 1) != 0)
                allowed.Add(core);
        return [.. allowed];
    }

    /// <summary>Puts a thread (0: this one), and what it starts from now on, on cores.</summary>
    /// <returns>Whether there is such a thread.</returns>
    public static bool Pin(int thread, IEnumerable<int> cores)
    {
        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (var core in cores)
            mask[core / 64] |= 1ul << (core % 64);
        return sched_setaffinity(thread, MaskWords * sizeof(ulong), mask) == 0;
    }

    /// <summary>Sends a signal; a process that has gone is left in peace.</summary>
    public static void Signal(int process, int signal) => _ = kill(process, signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
