using Balancer.Rx;
using Balancer.Rx.Forwarding;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// The journal while so many questions are in flight: 64 more are asked, the 64 oldest answered.
/// </summary>
public class JournalBenchmarks
{
    private const int Burst = 64;
    private const long Now = 1;
    private const ushort Lane = 0;

    private readonly byte[] _question = Question.Of(1);
    private Journal _journal = null!;
    private uint _asked;
    private uint _answered;

    [Params(200, 50_000)]
    public int InFlight { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _journal = new(BalancerOptions.Default, new Outcomes());
        while (_journal.InFlight < InFlight)
            Ask();
    }

    [Benchmark(Description = "ask, and answer", OperationsPerInvoke = Burst)]
    public int AskAndAnswer()
    {
        for (var i = 0; i < Burst; i++)
            Ask();
        var answered = 0;
        for (var i = 0; i < Burst; i++)
            answered += _journal.TryAnswer(Key(_answered++), Lane, out _) ? 1 : 0;
        _journal.Retire(Now);
        return answered;
    }

    private void Ask() => _journal.Ask(new()
    {
        Key = Key(_asked++),
        AskedAt = Now,
        Lane = Lane,
        Former = JournalEntry.NoLane,
        Owed = 1,
        Asked = 1,
    });

    private ulong Key(uint client) => Journal.KeyOf(client, 40_053, _question);
}
