using System.Net;
using System.Net.Sockets;
using Balancer.Compare.Running;

namespace Balancer.Faults.Soaking;

/// <summary>What the clients have seen, summed up.</summary>
readonly record struct Seen(long Asked, long Lost, long Doubled, long Wrong)
{
    public static Seen operator +(Seen one, Seen other) => new(
        one.Asked + other.Asked, one.Lost + other.Lost,
        one.Doubled + other.Doubled, one.Wrong + other.Wrong);

    public static Seen operator -(Seen one, Seen other) => new(
        one.Asked - other.Asked, one.Lost - other.Lost,
        one.Doubled - other.Doubled, one.Wrong - other.Wrong);
}

// CROWD: clients who come for some seconds and go.
//
// Askers are runs of balancer-load, over UDP and over TCP, from some of at most 4,000 addresses: so
// few that all are known after some minutes, and the table of remotes has no reason to grow then.
// Idlers hold TCP connections, say nothing or half a question, and leave in good order or not.
// Vandals send datagrams that are no questions.
sealed class Crowd(int port, Func<Load, Asking> begin)
{
    const int Blocks = 4, BlockSize = 1_000;
    const double LongestVisit = 8, LongestRest = 2;
    readonly Lock _lock = new();
    Seen _seen;

    /// <summary>Everybody once, then as much as is answered, then over TCP.</summary>
    public static IEnumerable<Load> All =>
    [
        .. Enumerable.Range(0, Blocks).Select(block => new Load(
            "--first-client", FirstOf(block),
            "--clients", $"{BlockSize}", "--count", $"{BlockSize}")),
        Load.Saturating(BlockSize).For(2),
        Load.Connections(BlockSize).For(2),
    ];

    /// <summary>Until now; what is under way counts at its end.</summary>
    public Seen Seen
    {
        get
        {
            lock (_lock)
                return _seen;
        }
    }

    public async Task AskByUdp(Random random, CancellationToken stop)
    {
        while (true)
        {
            await Ask(Visit(random, "--rate", $"{random.Next(100, 2_000)}",
                "--ports", $"{random.Next(1, 5)}", "--outstanding", "4096",
                "--clients", $"{random.Next(1, BlockSize)}"), stop);
            await Lasting(LongestRest, random, stop);
        }
    }

    public async Task AskByTcp(Random random, CancellationToken stop)
    {
        while (true)
        {
            await Ask(Visit(random, "--tcp", "--rate", $"{random.Next(10, 200)}",
                "--clients", $"{random.Next(1, 100)}"), stop);
            await Lasting(LongestRest, random, stop);
        }
    }

    public async Task Idle(Random random, CancellationToken stop)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, 0);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
                if (random.Next(2) == 0)
                    await socket.SendAsync(new byte[random.Next(1, 12)], stop);
                await Lasting(LongestVisit, random, stop);
                if (random.Next(2) == 0)
                    socket.LingerState = new(enable: true, seconds: 0);
            }
            catch (SocketException)
            {
                // Sent away, which is the balancer's right; it comes again.
                await Lasting(LongestRest, random, stop);
            }
        }
    }

    public async Task Vandalize(Random random, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, 0);
        var balancer = new IPEndPoint(IPAddress.Loopback, port);
        while (true)
        {
            var bytes = new byte[random.Next(0, 2_000)];
            random.NextBytes(bytes);
            await socket.SendToAsync(bytes, balancer, stop);
            await Lasting(0.1, random, stop);
        }
    }

    /// <summary>One run, which counts.</summary>
    public async Task<LoadReport> Ask(Load load, CancellationToken stop)
    {
        using var asking = begin(load);
        var report = await asking.Report(stop);
        lock (_lock)
            _seen += new Seen(report.Sent, report.Lost, report.Doubled, report.Wrong);
        return report;
    }

    static Load Visit(Random random, params string[] how) => new Load(
        ["--first-client", FirstOf(random.Next(Blocks)), .. how])
        .For(1 + LongestVisit * random.NextDouble());

    static string FirstOf(int block) => $"127.16.{4 * block}.0";

    static Task Lasting(double longest, Random random, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromSeconds(longest * random.NextDouble()), stop);
}
