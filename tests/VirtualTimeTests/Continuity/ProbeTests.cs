using Balancer.Rx;
using Balancer.Rx.Backends;
using CsCheck;

namespace Balancer.VirtualTimeTests.Continuity;

// A question now and then, which a backend that has its data answers well (C3).
public class ProbeTests
{
    static readonly BalancerOptions Probing = BalancerOptions.Default with
    {
        Probe = new("health.example", 16, 0),
    };

    [Fact]
    public void A_backend_that_turns_but_has_lost_its_data_is_passed_over()
    {
        var world = new World(Probing).With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Answer = (query, mark) => With(Message.Answer(query, mark), rcode: 2);
        world.Run(11.Seconds());
        Assert.Equal(new BackendId(5301), world.Last<BalancerEvent.BackendAiling>().Id);
        client.IsServedBy(5302, "its primary fails its probes");
        Assert.IsType<Session.Live>(world.Session(5301));

        world.Backend(5301).Answer = Message.Answer;
        world.Run(12.Seconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendWell>());
        client.IsServedBy(5301, "its primary is well again");
    }

    [Fact]
    public void At_the_beginning_of_a_session_the_first_answer_decides()
    {
        var world = new World(Probing);
        world.Backend(5301).Answer = (query, mark) => With(Message.Answer(query, mark), rcode: 2);
        world.With(5301, 5302);
        var ailing = world.Last<BalancerEvent.BackendAiling>();
        Assert.Equal((new BackendId(5301), 2), (ailing.Id, ailing.Rcode));
        Assert.All(world.ServersOf(world.Clients(10)), server => Assert.Equal(5302, server));
    }

    [Fact]
    public void One_bad_answer_is_none()
    {
        var world = new World(Probing).With(5301, 5302);
        world.Run(6.Seconds());
        world.Backend(5301).Answer = (query, mark) => With(Message.Answer(query, mark), rcode: 2);
        world.Run(4.Seconds());
        world.Backend(5301).Answer = Message.Answer;
        world.Run(1.Minutes());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendAiling>());
    }

    [Fact]
    public void No_answer_is_a_bad_answer()
    {
        var world = new World(Probing).With(5301, 5302);
        world.Backend(5301).AnswerAfter = null;
        world.Run(12.Seconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendAiling>());
    }

    [Fact]
    public void Where_all_fail_all_carry()
    {
        var world = new World(Probing).With(5301);
        world.Backend(5301).Answer = (query, mark) => With(Message.Answer(query, mark), rcode: 2);
        world.Run(20.Seconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendAiling>());
        world.Client("10.0.0.1").IsServedBy(5301, "there is nobody else");
    }

    [Fact]
    public void Probes_are_no_datagrams_of_clients_and_their_answers_no_strays()
    {
        var world = new World(Probing).With(5301);
        world.Run(1.Minutes());
        Assert.Equal(13, world.Backend(5301).Queries.Count());
        Assert.Equal((0, 0), (world.Outcomes.Received, world.Outcomes.Strays));
        Assert.Empty(world.Unclaimed);
    }

    [Fact]
    public void The_question_is_the_one_that_was_written()
    {
        Assert.True(QueryProbe.TryParse("a.example./TXT/nxdomain", out var probe, out _));
        Assert.Equal("a.example./TXT/NXDOMAIN", probe.ToString());
        Assert.Equal(
            [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 7, .. "example"u8, 0, 0, 16, 0, 1],
            probe.Encode());
    }

    [Theory]
    [InlineData("", "not a domain name")]
    [InlineData("a..b", "not a domain name")]
    [InlineData("a/B", "B: not a type")]
    [InlineData("a/A/YES", "YES: not an answer")]
    [InlineData("a/A/NOERROR/x", "not NAME/TYPE/RCODE")]
    public void What_is_no_probe_is_refused_with_the_part_that_is_wrong(string text, string reason)
    {
        Assert.False(QueryProbe.TryParse(text, out _, out var why));
        Assert.StartsWith(reason, why, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_is_read_or_refused() => Gen.String.Sample(text =>
        QueryProbe.TryParse(text, out var probe, out var reason)
            ? probe.Encode().Length <= 12 + 255 + 4
            : reason.Length > 0);

    static byte[] With(byte[] answer, byte rcode)
    {
        answer[3] |= rcode;
        return answer;
    }
}
