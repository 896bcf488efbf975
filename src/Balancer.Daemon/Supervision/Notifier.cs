using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Daemon.Supervision;

/// <summary>
/// Tells the supervisor how we stand, in datagrams of lines NAME=value. From any thread, never
/// waiting. Where nobody wants to know, all of this does nothing.
/// </summary>
internal sealed class Notifier : IDisposable
{
    private readonly UnixDomainSocketEndPoint? _supervisor;
    private readonly Socket? _socket;
    private readonly Action<string> _deaf;
    private long _lost;

    /// <param name="path">Where; null: nobody wants to know.</param>
    /// <param name="deaf">Told why, the first time that the supervisor does not take it.</param>
    public Notifier(string? path, Action<string> deaf)
    {
        _deaf = deaf;
        if (path is null)
            return;
        _supervisor = new(path[0] == '@' ? $"\0{path[1..]}" : path);
        _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            Blocking = false,
        };
    }

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsHeard => _socket is not null;

    /// <summary>What was told and not taken.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>We serve; also the end of a reload.</summary>
    public void Ready() => Tell("READY=1");

    /// <summary>We read our settings again, until <see cref="Ready"/>.</summary>
    public void Reloading()
    {
        // The clock that never stands still and never jumps, as the supervisor reads it.
        var now = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
        Tell($"RELOADING=1\nMONOTONIC_USEC={now}");
    }

    /// <summary>We finish what is in flight, and end.</summary>
    public void Stopping() => Tell("STOPPING=1\nSTATUS=finishing what is in flight");

    /// <summary>How things stand, for people.</summary>
    public void Status(string line) => Tell($"STATUS={line}");

    /// <summary>All loops are alive.</summary>
    public void Feed() => Tell("WATCHDOG=1");

    /// <summary>Any lines NAME=value.</summary>
    public void Tell(string lines)
    {
        if (_socket is null)
            return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(lines), _supervisor!);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (Interlocked.Increment(ref _lost) == 1)
                _deaf(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();
}
