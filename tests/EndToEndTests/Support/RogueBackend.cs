using System.Net.Sockets;
using Balancer.Rx.Protocol;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// A backend that does what a test wants done on each connection that the balancer opens to it. The
/// connection stays open until the script has ended or the balancer has gone.
/// </summary>
internal sealed class RogueBackend : IDisposable
{
    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, default);
    readonly List<Socket> _connections = [];
    readonly Func<WirePeer, Task> _script;

    public RogueBackend(string path, Func<WirePeer, Task> script)
    {
        _script = script;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAll();
    }

    /// <summary>Never says a word.</summary>
    public static Task Silent(WirePeer _) => new TaskCompletionSource().Task;

    /// <summary>Closes what it has accepted.</summary>
    public static Task Closing(WirePeer _) => Task.CompletedTask;

    /// <summary>Says hello and then something else.</summary>
    public static Func<WirePeer, Task> HelloAnd(params byte[] bytes) => async peer =>
    {
        await peer.Send((byte[])[.. WireBytes.Bare(FrameType.ServerHello), .. bytes]);
        await Silent(peer);
    };

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
            _connections.ForEach(connection => connection.Dispose());
    }

    async Task AcceptAll()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                lock (_connections)
                    _connections.Add(socket);
                _ = Play(WirePeer.Accepted(socket));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: nobody else is to be let in.
        }
    }

    async Task Play(WirePeer peer)
    {
        using (peer)
        {
            try
            {
                await _script(peer);
            }
            catch (Exception e) when (e is SocketException or IOException
                or ObjectDisposedException or TimeoutException)
            {
                // The balancer has gone, or the test has ended.
            }
        }
    }
}
