using Balancer.Rx;
using Balancer.Rx.Protocol;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>The wire: frames of the usual size, each written or read.</summary>
public class FrameBenchmarks
{
    private const int Frames = 64;
    private static readonly ClientEndpoint Client = new(new(0x0A000001), 40_053);

    private readonly byte[] _question = Question.Of(1);
    private readonly byte[] _written = new byte[Frames * FrameSize.Max];
    private readonly byte[] _received = new byte[Frames * FrameSize.Max];
    private int _length;

    [GlobalSetup]
    public void Receive()
    {
        var answer = Question.AnswerTo(_question);
        for (var i = 0; i < Frames; i++)
        {
            _length += FrameWriter.Datagram(
                _received.AsSpan(_length), FrameType.OutboundUdp, Client, answer);
        }
    }

    [Benchmark(Description = "write a query", OperationsPerInvoke = Frames)]
    public int Write()
    {
        var length = 0;
        for (var i = 0; i < Frames; i++)
        {
            length += FrameWriter.Datagram(
                _written.AsSpan(length), FrameType.InboundUdp, Client, _question);
        }
        return length;
    }

    [Benchmark(Description = "read an answer", OperationsPerInvoke = Frames)]
    public int Read()
    {
        var bytes = 0;
        var reader = FrameReader.FromBackend(_received.AsSpan(0, _length));
        while (reader.Next(out var frame) == FrameRead.Complete)
            bytes += frame.Data.Length;
        return bytes;
    }
}
