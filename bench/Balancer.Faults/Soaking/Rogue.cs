using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Faults.Soaking;

// ROGUE: a backend that does what no backend should, to every connection, for as long as the
// balancer lets it; then it goes away, and comes again.
//
// It is silent, hangs up, greets and sends garbage, claims a frame without end, answers clients
// who did not ask, breaks off within a frame, or greets and reads nothing. What clients lose by it
// is its fault; what it costs the balancer may only be its own session.
sealed class Rogue(string path, Random random)
{
    const uint ServerHello = 1001, OutboundUdp = 1002, ServerHeartbeat = 1004;
    const int MostConnections = 64, Header = 16;
    const double LongestStay = 15, LongestAbsence = 15;

    /// <summary>How many connections it has spoilt.</summary>
    public int Spoilt { get; private set; }

    /// <summary>Until it is stopped; then its socket is gone.</summary>
    public async Task ComeAndGo(CancellationToken stop)
    {
        while (true)
        {
            using (var stay = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                stay.CancelAfter(TimeSpan.FromSeconds(LongestStay * random.NextDouble()));
                await Stay(stay.Token);
            }
            await Task.Delay(TimeSpan.FromSeconds(LongestAbsence * random.NextDouble()), stop);
        }
    }

    async Task Stay(CancellationToken stop)
    {
        var open = new Queue<Socket>();
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, 0);
        File.Delete(path);
        door.Bind(new UnixDomainSocketEndPoint(path));
        door.Listen();
        try
        {
            while (true)
            {
                var peer = await door.AcceptAsync(stop);
                open.Enqueue(peer);
                if (open.Count > MostConnections)
                    open.Dequeue().Dispose();
                Spoilt++;
                await Spoil(peer, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Its time here is over.
        }
        finally
        {
            File.Delete(path);
            foreach (var peer in open)
                peer.Dispose();
        }
    }

    async Task Spoil(Socket peer, CancellationToken stop)
    {
        byte[] bytes = random.Next(8) switch
        {
            0 => [],
            1 => Garbage(random.Next(1, 4_096)),
            2 => [.. Word(ServerHello), .. Garbage(random.Next(1, 65_536))],
            3 => [.. Word(ServerHello), .. Answer(uint.MaxValue, [])],
            4 => [.. Word(ServerHello), .. Enumerable.Repeat(0, 100).SelectMany(_ => Unasked())],
            5 => [.. Word(ServerHello), .. Unasked()[..random.Next(1, Header)]],
            6 => [.. Enumerable.Repeat(Word(ServerHello), 3).SelectMany(word => word)],
            _ => [.. Word(ServerHello), .. Word(ServerHeartbeat)],
        };
        try
        {
            if (bytes.Length > 0)
                await peer.SendAsync(bytes, stop);
            if (random.Next(3) == 0)
                peer.Close();
        }
        catch (SocketException)
        {
            Spoilt--;   // the balancer was quicker to go
        }
    }

    byte[] Unasked()
    {
        var data = Garbage(random.Next(12, 512));
        data[2] |= 0x80;
        return Answer((uint)data.Length, data);
    }

    // To one of the load's clients, at some port.
    byte[] Answer(uint length, byte[] data)
    {
        byte[] client = [127, 16, 0, (byte)random.Next(256)];
        return
        [
            .. Word(OutboundUdp), .. Word(BinaryPrimitives.ReadUInt32BigEndian(client)),
            .. Word((uint)random.Next(1_024, IPEndPoint.MaxPort)), .. Word(length), .. data,
        ];
    }

    byte[] Garbage(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    static byte[] Word(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
