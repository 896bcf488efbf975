using Balancer.Rx;
using Balancer.Rx.Forwarding;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// A backend's ring: 64 queries are written, then sent at once. In a ring of 4 KB most of such
/// bursts lie across the end; in one of the default size hardly any.
/// </summary>
public class RingBenchmarks
{
    private const int Queries = 64;
    private static readonly ClientEndpoint Client = new(new(0x0A000001), 40_053);

    private readonly byte[] _question = Question.Of(1);
    private BackendRing _ring = null!;

    [Params(4_096, 1 << 20)]
    public int RingBytes { get; set; }

    [GlobalSetup]
    public void Open() => _ring = new(RingBytes, age: 0);

    [Benchmark(Description = "write a query, and send", OperationsPerInvoke = Queries)]
    public int WriteAndSend()
    {
        for (var i = 0; i < Queries; i++)
            _ring.TryWrite(Client, _question, out _);
        _ring.Peek(out var first, out var second);
        var bytes = first.Length + second.Length;
        _ring.Sent(bytes);
        return bytes;
    }
}
