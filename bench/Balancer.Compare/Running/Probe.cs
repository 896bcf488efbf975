using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Compare.Running;

/// <summary>A question: when it was sent, when and by whom it was answered.</summary>
/// <param name="Sent">By <see cref="Stopwatch.GetTimestamp"/>.</param>
/// <param name="Answered">The same; 0: not yet.</param>
/// <param name="By">The last byte of the answer, by which backends differ.</param>
record struct Asked(long Sent, long Answered, byte By)
{
    public readonly TimeSpan Latency => Stopwatch.GetElapsedTime(Sent, Answered);
}

// PROBE: one client that asks once a millisecond and keeps the time of each question.
//
// The load tool tells of many queries together; this tells what happened to each around a moment.
// Its socket is not connected, so that nothing is heard of a port where nobody listens yet. A
// millisecond is what Thread.Sleep makes of it, some more than one. Nothing is allocated while it
// asks. Not promised: exact latencies; its threads share their core with load and backends, so
// what it sees is to be held against what it saw a moment before.
sealed class Probe : IDisposable
{
    const int Most = 1 << 16;   // as many as there are IDs; a minute's worth
    const int PollMicroseconds = 20_000;

    static readonly byte[] Question =
        [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, .. "probe"u8, 4, .. "test"u8, 0, 0, 1, 0, 1];

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    readonly Asked[] _asked = new Asked[Most];
    readonly TaskCompletionSource<Asked> _first =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Thread _asking;
    readonly Thread _hearing;
    volatile int _count;
    volatile bool _ended;

    public Probe(int port, IPAddress from)
    {
        _socket.Bind(new IPEndPoint(from, 0));
        var to = new IPEndPoint(IPAddress.Loopback, port).Serialize();
        _hearing = new(Hear);
        _hearing.Start();
        _asking = new(() => Ask(to));
        _asking.Start();
    }

    /// <summary>The first question that was answered.</summary>
    public Task<Asked> First => _first.Task;

    /// <summary>What has been asked so far, in order.</summary>
    public ReadOnlySpan<Asked> Questions => _asked.AsSpan(0, _count);

    public void Dispose()
    {
        _ended = true;
        _asking.Join();
        _hearing.Join();
        _socket.Dispose();
    }

    void Ask(SocketAddress to)
    {
        var question = Question.ToArray();
        while (!_ended && _count < Most)
        {
            question[0] = (byte)(_count >> 8);
            question[1] = (byte)_count;
            _asked[_count].Sent = Stopwatch.GetTimestamp();
            _count++;
            _socket.SendTo(question, SocketFlags.None, to);
            Thread.Sleep(1);
        }
    }

    void Hear()
    {
        var answer = new byte[512];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (!_ended)
        {
            if (!_socket.Poll(PollMicroseconds, SelectMode.SelectRead))
                continue;
            var now = Stopwatch.GetTimestamp();
            var length = _socket.ReceiveFrom(answer, SocketFlags.None, from);
            if (length <= Question.Length || (answer[3] & 15) != 0)
                continue;
            ref var asked = ref _asked[answer[0] << 8 | answer[1]];
            asked.By = answer[length - 1];
            asked.Answered = now;
            _first.TrySetResult(asked);
        }
    }
}
