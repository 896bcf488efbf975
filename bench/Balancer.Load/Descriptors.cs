using Balancer.Daemon.Native;

namespace Balancer.Load;

/// <summary>A socket is a descriptor, and there are only so many.</summary>
static class Descriptors
{
    /// <summary>For the runtime, the streams, epoll.</summary>
    const int Kept = 64;

    /// <summary>How many sockets there may be, once as many are asked for as may be had.</summary>
    public static int Free
    {
        get
        {
            if (LibC.GetOpenFilesLimit(out var limit).IsError)
                return int.MaxValue;
            var soft = LibC.SetOpenFilesLimit(limit with { Soft = limit.Hard }).IsError
                ? limit.Soft
                : limit.Hard;
            return (int)Math.Min(soft, int.MaxValue) - Kept;
        }
    }
}
