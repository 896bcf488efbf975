using System.Diagnostics;

namespace Balancer.Daemon.Native;

/// <summary>Owns a descriptor and closes it once.</summary>
/// <remarks>No finalizer: a descriptor whose owner forgets it is a bug to be seen, not one to be
/// mended at some random moment from another thread.</remarks>
sealed class Descriptor : IDisposable
{
    int _fd;

    public Descriptor(int fd)
    {
        Debug.Assert(fd >= 0, "a descriptor is not negative");
        _fd = fd;
    }

    /// <summary>The number; -1 once closed, so that a late call answers EBADF and cannot touch
    /// whoever has the number now.</summary>
    public int Fd => Volatile.Read(ref _fd);

    public bool IsClosed => Fd < 0;

    /// <summary>For setting up: takes the descriptor a call answered with, or throws.</summary>
    public static Descriptor Of(SysResult opened, string what) => new(opened.OrThrow(what));

    /// <summary>Gives it up without closing it: it is the caller's.</summary>
    public int Release() => Interlocked.Exchange(ref _fd, -1);

    public void Dispose()
    {
        var fd = Release();
        if (fd >= 0) LibC.Close(fd);
    }

    public override string ToString() => $"fd {Fd}";
}
