using System.Text.Json;
using Balancer.Daemon.Control;
using Balancer.Daemon.Narration;
using Balancer.EndToEndTests.Narration;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Xunit;

namespace Balancer.EndToEndTests.Control;

public sealed class FactViewTests
{
    static readonly DateTimeOffset At = new(2026, 11, 24, 17, 0, 0, TimeSpan.Zero);
    static readonly BackendId Backend = new(5303);
    static readonly ClientEndpoint Client = new(ClientAddress.Parse("127.0.0.5"), 40_053);

    public static TheoryData<string> Facts => EveryFactTests.Facts;

    [Theory]
    [MemberData(nameof(Facts))]
    public void Every_fact_has_a_kind_of_its_own_name(string fact) => Assert.Equal(
        FactWords.WordOf(fact), ViewOf(EveryFactTests.Sample(fact)).Kind);

    [Theory]
    [MemberData(nameof(Facts))]
    public void Every_fact_has_a_text(string fact) =>
        Assert.NotEmpty(ViewOf(EveryFactTests.Sample(fact)).Text!);

    [Fact]
    public void There_is_no_kind_without_a_fact() => Assert.Equal(
        Enum.GetNames<FactKind>()[(int)(FactKind.StrayAnswer + 1)..^1].Order(),
        Facts.Select(fact => fact.Data).Order());

    [Fact]
    public void Every_outcome_and_every_end_has_the_word_that_the_log_has_for_it()
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
            Assert.Equal(Field.Of(outcome), FactWords.Outcomes[FactWords.NumberOf(outcome)]);
        foreach (var end in Enum.GetValues<StreamEnd>())
            Assert.Equal(Field.Of(end), FactWords.Outcomes[FactWords.NumberOf(end)]);
    }

    [Fact]
    public void A_fault_reads_as_in_the_log_with_its_backend_beside_it() => Assert.Equal(
        """
        {"at":"2026-11-24T17:00:00Z","loop":1,"kind":"backend-faulted","backend":5303,
        "text":"backend socket EOF (cause=closed error=gone);
         backend faulted (reset and reconnect) (cause=closed)"}
        """.ReplaceLineEndings(""),
        JsonOf(new BalancerEvent.BackendFaulted(
            Backend, "/run/5303", FaultReason.Closed, "gone", WasLive: true)));

    [Fact]
    public void An_end_of_a_connection_names_all_that_a_filter_can_ask_for() => Assert.Equal(
        """
        {"at":"2026-11-24T17:00:00Z","loop":1,"kind":"stream-finished","backend":5303,
        "client":"127.0.0.5","port":40053,"protocol":"tcp","outcome":"idle","latencyMs":1500.5,
        "text":"proxy connection finished (conn_id=7 bytes_in=31 bytes_out=63)"}
        """.ReplaceLineEndings(""),
        JsonOf(new BalancerEvent.StreamFinished(
            7, Client, StreamEnd.Idle, 31, 63, "", Backend, TimeSpan.FromMilliseconds(1500.5))));

    [Fact]
    public void What_does_not_apply_is_left_out() => Assert.Equal(
        """
        {"at":"2026-11-24T17:00:00Z","loop":1,"kind":"no-backends","text":"no backends available"}
        """,
        JsonOf(new BalancerEvent.NoBackends()));

    [Fact]
    public void A_query_has_no_text() => Assert.Equal(
        """
        {"at":"2026-11-24T17:00:00Z","loop":0,"kind":"query","backend":5303,"client":"127.0.0.5",
        "port":40053,"protocol":"udp","outcome":"answered","latencyMs":0.2134}
        """.ReplaceLineEndings(""),
        JsonSerializer.Serialize(
            FactView.Of(0, At.UtcDateTime, new(
                FactKind.Query, 5303, Client, Transport.Udp,
                FactWords.NumberOf(Outcome.Answered), 2_134)),
            FactViewJson.Default.FactView));

    static FactView ViewOf(BalancerEvent fact) => FactView.Of(1, new(fact, At));

    static string JsonOf(BalancerEvent fact) =>
        JsonSerializer.Serialize(ViewOf(fact), FactViewJson.Default.FactView);
}
