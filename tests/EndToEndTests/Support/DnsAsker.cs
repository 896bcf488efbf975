using System.Net;
using System.Net.Sockets;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// A DNS client with an address of its own: any of 127.0.0.0/8, so that one machine can be many
/// clients. Every question is sent once and waits for its own answer.
/// </summary>
internal sealed class DnsAsker(IPAddress source, int port)
{
    const string Name = "who.test";
    const int Tries = 10;
    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(3);

    static int _id;

    public IPAddress Address => source;

    /// <summary>Asks over UDP, from a new port each time.</summary>
    public async Task<DnsReply> AskUdp(
        string name = Name, ushort type = DnsMessage.Txt, ushort ednsSize = 0)
    {
        using var socket = OpenUdp();
        var id = NextId();
        await socket.SendAsync(DnsMessage.Query(id, name, type, ednsSize));
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer).Within($"{source}: answer to {name}");
            var reply = DnsMessage.Read(buffer.AsSpan(..length));
            if (reply.Id == id)
                return reply;
        }
    }

    /// <summary>Asks over TCP, in a connection of its own.</summary>
    public async Task<DnsReply> AskTcp(
        string name = Name, ushort type = DnsMessage.Txt, bool halfCloses = false)
    {
        using var stream = await OpenTcp();
        await stream.Send(WireBytes.Message(DnsMessage.Query(NextId(), name, type)));
        if (halfCloses)
            stream.EndSending();
        var reply = DnsMessage.Read(await stream.NextMessage());
        if (halfCloses)
            await stream.ExpectEnd();
        return reply;
    }

    /// <summary>
    /// Asks over UDP as a resolver does: again when no answer has come in three seconds. For where
    /// a query may be lost, as in the moments before a backend's fault is known.
    /// </summary>
    public async Task<DnsReply> AskUntilAnswered()
    {
        using var socket = OpenUdp();
        var buffer = new byte[2048];
        var receiving = socket.ReceiveAsync(buffer);
        for (var tries = 0; tries < Tries; tries++)
        {
            await socket.SendAsync(DnsMessage.Query(NextId(), Name));
            try
            {
                return DnsMessage.Read(buffer.AsSpan(..await receiving.WaitAsync(AgainAfter)));
            }
            catch (TimeoutException)
            {
                // Asked again.
            }
        }
        throw new TimeoutException($"{source} is not served");
    }

    /// <summary>Asks over TCP, in another connection when one is cut.</summary>
    public async Task<DnsReply> AskTcpUntilAnswered()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await AskTcp();
            }
            catch (Exception e) when (e is SocketException or IOException && tries < Tries)
            {
                // Cut; asked again.
            }
        }
    }

    /// <summary>A UDP socket that hears the balancer's address and port only.</summary>
    public Socket OpenUdp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(source, 0));
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>A TCP connection to be moved by hand.</summary>
    public async Task<WirePeer> OpenTcp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(IPAddress.Loopback, port)
                .Within($"{source}: a TCP connection");
            return WirePeer.Accepted(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static ushort NextId() => (ushort)Interlocked.Increment(ref _id);
}
