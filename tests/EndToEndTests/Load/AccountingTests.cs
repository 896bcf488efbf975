using System.Diagnostics;
using System.Net;
using Balancer.EndToEndTests.Support;
using Balancer.Load;
using Balancer.Load.Asking;
using Balancer.Load.Figures;
using Xunit;

namespace Balancer.EndToEndTests.Load;

// Whatever a server does, each query and each answer is counted once, as what it was.
[Collection(nameof(AllocationsAlone))]
public sealed class AccountingTests
{
    static readonly IPAddress FirstOfMany = IPAddress.Parse("127.16.0.0");

    [Fact]
    public async Task Every_query_is_answered_or_lost_and_every_other_answer_told_apart()
    {
        const int count = 200;
        using var server = new ScriptedServer(Misbehave);
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Count = count,
            Clients = 3,
            FirstClient = FirstOfMany,
            Ports = 2,
        });

        var dropped = Numbers(count).Count(number => number % 10 == 0);
        var doubled = Numbers(count).Count(IsDoubled);
        Assert.Equal(
            (count, count - dropped - Wrongs.Length, dropped + Wrongs.Length,
                doubled, 0, Wrongs.Length, 0),
            result.Counts());
    }

    [Fact]
    public async Task An_answer_after_the_query_was_given_up_is_late()
    {
        Asked? held = null;
        using var server = new ScriptedServer((server, asked) =>
        {
            if (asked.Number == 0)
            {
                held = asked;
                return;
            }
            // With one outstanding, this query says that the first has been given up.
            if (asked.Number == 1)
                server.Send(held!.Answer, held.From);
            server.Send(asked.Answer, asked.From);
        });
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Count = 5,
            Outstanding = 1,
            Patience = TimeSpan.FromMilliseconds(300),
        });

        Assert.Equal((5, 4, 1, 0, 1, 0, 0), result.Counts());
    }

    [Fact]
    public async Task An_answer_after_over_a_second_is_slow_and_its_twin_is_doubled()
    {
        using var server = new ScriptedServer((server, asked) =>
        {
            // Counted from its arrival here, which is after it was sent.
            var since = Stopwatch.StartNew();
            SpinWait.SpinUntil(() => since.ElapsedMilliseconds > 1_000);
            server.Send(asked.Answer, asked.From);
            server.Send(asked.Answer, asked.From);
        });
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Count = 1,
            Patience = Deadline.Patience,
        });

        Assert.Equal((1, 1, 0, 1, 0, 0, 0), result.Counts());
        Assert.Equal(1, result.Slow);
    }

    [Fact]
    public void An_answer_after_exactly_a_second_is_not_slow()
    {
        var tally = new Tally();
        tally.Count(Verdict.Answered, sent: 5, due: 0, now: 5 + Clock.Second);
        Assert.Equal((1, 0), (tally.Answered, tally.Slow));
        tally.Count(Verdict.Answered, sent: 5, due: 0, now: 6 + Clock.Second);
        Assert.Equal((2, 1), (tally.Answered, tally.Slow));
    }

    [Fact]
    public async Task A_server_that_never_answers_cannot_hang_it()
    {
        using var server = new ScriptedServer((_, _) => { });
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Count = 100,
            Outstanding = 10,
            Patience = TimeSpan.FromMilliseconds(20),
        });

        Assert.Equal((100, 0, 100, 0, 0, 0, 0), result.Counts());
    }

    [Fact]
    public async Task Stopped_it_waits_for_what_is_outstanding_and_tells()
    {
        LoadRun? running = null;
        using var server = new ScriptedServer((server, asked) =>
        {
            if (asked.Number == 1_000)
                running!.Stop();
            server.Send(asked.Answer, asked.From);
        });
        var result = await LoadWorld.Run(
            LoadWorld.Towards(server.EndPoint), during: run => running = run);

        Assert.True(result.Sent > 1_000);
        Assert.Equal((result.Sent, result.Sent, 0, 0, 0, 0, 0), result.Counts());
    }

    [Fact]
    public async Task Clients_and_ports_take_turns_and_trains_arrive_as_single_queries()
    {
        using var server = new ScriptedServer(
            (server, asked) => server.Send(asked.Answer, asked.From));
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Count = 1_000,
            Clients = 50,
            FirstClient = FirstOfMany,
            Ports = 4,
            Train = 8,
        });

        Assert.Equal((1_000, 1_000, 0, 0, 0, 0, 0), result.Counts());
        Assert.Equal(Numbers(1_000), server.Asked.Select(asked => asked.Number).Order());
        Assert.All(server.Asked, asked => Assert.Equal(
            asked.Number / 8 % 50, asked.From.Address.GetAddressBytes()[3]));
        Assert.Equal(4, server.Asked.Select(asked => asked.From.Port).Distinct().Count());
    }

    [Fact]
    public void What_is_asked_costs_no_memory()
    {
        using var server = new ScriptedServer(
            (server, asked) => server.Send(asked.Answer, asked.From));
        var options = LoadWorld.Towards(server.EndPoint) with { Ports = 4, Train = 4 };
        Allocated(options with { Count = 5_000 });

        Assert.Equal(
            Allocated(options with { Count = 100 }), Allocated(options with { Count = 5_000 }));
    }

    static long Allocated(LoadOptions options)
    {
        using var run = new LoadRun(options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    static IEnumerable<int> Numbers(int count) => Enumerable.Range(0, count);

    static bool IsDoubled(int number) =>
        number % 7 == 0 && number % 10 != 0 && !Wrongs.Any(wrong => wrong.Number == number);

    // Each of these answers is no answer.
    static readonly (int Number, Action<ScriptedServer, Asked> Answer)[] Wrongs =
    [
        (11, (server, asked) => server.SendFromElsewhere(asked.Answer, asked.From)),
        (12, Flipped(0, 0x80)), // another id
        (13, Flipped(22, 1)), // another number, of a query that waits or has been
        (14, Flipped(13, 1)), // a number that was never asked
        (15, Flipped(25, 1)), // another name
        (16, Flipped(2, 0x80)), // a query
        (17, Flipped(3, 2)), // SERVFAIL
        (18, Flipped(7, 1)), // no record
        (19, (server, asked) => server.Send(asked.Answer[..20], asked.From)),
        (21, (server, asked) => server.Send([], asked.From)),
        (22, (server, asked) => server.Send(asked.Answer, NeighbourOf(asked.From))),
    ];

    static Action<ScriptedServer, Asked> Flipped(int at, byte bits) => (server, asked) =>
        server.Send(
            asked.Changed(answer =>
            {
                answer[at] ^= bits;
                return answer;
            }),
            asked.From);

    static IPEndPoint NeighbourOf(IPEndPoint client)
    {
        var bytes = client.Address.GetAddressBytes();
        bytes[3] = (byte)((bytes[3] + 1) % 3);
        return new(new IPAddress(bytes), client.Port);
    }

    static void Misbehave(ScriptedServer server, Asked asked)
    {
        if (asked.Number % 10 == 0)
            return;
        if (Array.Find(Wrongs, wrong => wrong.Number == asked.Number).Answer is { } wrong)
        {
            wrong(server, asked);
            return;
        }
        server.Send(asked.Answer, asked.From);
        if (IsDoubled(asked.Number))
            server.Send(asked.Answer, asked.From);
    }
}
