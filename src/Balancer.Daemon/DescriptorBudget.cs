using Balancer.Daemon.Native;
using Balancer.Rx;

namespace Balancer.Daemon;

/// <summary>
/// How many client connections the descriptors of this process allow. Whoever connects must not be
/// able to take the last of them: the runtime wants some too, when code runs for the first time,
/// and ends the process if it gets none (W3).
/// </summary>
static class DescriptorBudget
{
    /// <summary>For the runtime, the log, new listings: never given to clients.</summary>
    const int Kept = 96;

    /// <summary>Of each further loop: epoll, bell, directory watch, listeners.</summary>
    const int PerLoop = 12;

    /// <summary>A client's connection, and the one to its backend.</summary>
    const int PerStream = 2;

    /// <summary>These options, with MaxStreams lowered to what there are descriptors for.</summary>
    public static BalancerOptions Within(this BalancerOptions core, int loops)
    {
        if (LibC.GetOpenFilesLimit(out var limit).IsError)
            return core;
        var used = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
        var doors = 2 * OfDoor(Control.ControlDoor.MostConnections);
        return core with { MaxStreams = Streams(limit.Soft, used + doors, core, loops) };
    }

    /// <summary>
    /// How many may be at an endpoint of the control door: a twentieth of all descriptors, but 8 at
    /// least.
    /// </summary>
    public static int OfDoor(int most) =>
        LibC.GetOpenFilesLimit(out var limit).IsError
            ? most
            : (int)Math.Clamp((long)Math.Min(limit.Soft, int.MaxValue) / 20, 8, most);

    /// <summary>The number for a limit and what is in use; at least one.</summary>
    public static int Streams(ulong limit, int used, BalancerOptions core, int loops = 1)
    {
        var soft = (long)Math.Min(limit, int.MaxValue);
        // A tenth, up to all of MaxBackends in each loop, is for sessions.
        var sessions = Math.Min((long)core.MaxBackends * loops, soft / 10);
        var free = (soft - used - Kept - sessions - PerLoop * (loops - 1)) / PerStream;
        return (int)Math.Clamp(free, 1, core.MaxStreams);
    }
}
