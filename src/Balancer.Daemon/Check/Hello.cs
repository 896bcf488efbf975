using System.Net.Sockets;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Rx.Protocol;

namespace Balancer.Daemon.Check;

/// <summary>
/// Opens a session with a backend, as a balancer does, and closes it. Whoever takes longer than two
/// seconds to say HELLO would be given up by nobody, but has something to explain.
/// </summary>
internal static class Hello
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Who answers there.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="owners">Who may run backends; null: anybody.</param>
    public static async Task<Finding> Say(string path, string name, IReadOnlySet<uint>? owners)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
            if (BackendPeer.WhyNot((int)socket.Handle, owners) is { } reason)
                return Finding.Note($"backend {name} would be left out: {reason}");
            var frame = new byte[FrameSize.Bare];
            FrameWriter.Bare(frame, FrameType.ClientHello);
            await socket.SendAsync(frame, patience.Token);
            for (var length = 0; length < frame.Length;)
            {
                var read = await socket.ReceiveAsync(frame.AsMemory(length), patience.Token);
                if (read == 0)
                    return Finding.Bad($"backend {name} hangs up instead of saying HELLO");
                length += read;
            }
            return IsHello(frame)
                ? Finding.Ok($"backend {name} says HELLO")
                : Finding.Bad($"backend {name} says something else than HELLO");
        }
        catch (OperationCanceledException)
        {
            return Finding.Bad($"backend {name} is silent for {Patience.TotalSeconds} s");
        }
        catch (SocketException e)
        {
            return Finding.Bad($"backend {name}: {WhyNot((Errno)e.NativeErrorCode)}");
        }
        catch (ArgumentException e)
        {
            // A path that is longer than a socket's may be.
            return Finding.Bad($"backend {name}: {e.Message.Split('\n')[0]}");
        }
    }

    private static bool IsHello(ReadOnlySpan<byte> bytes)
    {
        var reader = FrameReader.FromBackend(bytes);
        return reader.Next(out var frame) == FrameRead.Complete
            && frame.Type == FrameType.ServerHello;
    }

    private static string WhyNot(Errno error) => error switch
    {
        Errno.EAGAIN => "its listen queue is full (EAGAIN)",
        Errno.ECONNREFUSED => "nobody listens there (ECONNREFUSED)",
        Errno.EACCES => "permission denied to the user who checks",
        _ => CommandLineRefusal.Explain(error),
    };
}
