using System.Net;
using System.Net.Sockets;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Clients who ask all the time, each at a rate of its own and without waiting for answers, as
/// people's resolvers do: many ask little, few ask much.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    readonly CancellationTokenSource _end = new();
    readonly Task _asking;

    /// <summary>Begins to ask.</summary>
    /// <param name="port">Where the balancer listens.</param>
    /// <param name="rates">Of each client: queries a second, at most 1000.</param>
    public Crowd(int port, params double[] rates) =>
        _asking = Task.WhenAll(rates.Select((rate, index) => Task.Run(() => Ask(
            new DnsAsker(AddressOf(index), port), TimeSpan.FromSeconds(1 / rate)))));

    /// <summary>The address of a client.</summary>
    public static IPAddress AddressOf(int index) =>
        new([127, 20, (byte)(index * 7 % 5), (byte)(10 + index * 13)]);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _asking.Within("the end of the crowd");
        _end.Dispose();
    }

    async Task Ask(DnsAsker asker, TimeSpan interval)
    {
        using var socket = asker.OpenUdp();
        var reading = Read(socket);
        using var timer = new PeriodicTimer(interval);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await socket.SendAsync(DnsMessage.Query(DnsAsker.NextId(), "who.test"));
                await timer.WaitForNextTickAsync(_end.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Nobody listens there for a moment, or all are told to end.
            }
        }
        socket.Close();
        await reading;
    }

    // So that the kernel has room; what is answered is the balancer's to count.
    async Task Read(Socket socket)
    {
        var buffer = new byte[2048];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await socket.ReceiveAsync(buffer, _end.Token);
            }
            catch (Exception e)
                when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // As above.
            }
        }
    }
}
