using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.Control.Taps;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>Facts of a running daemon, as readers of the door see them.</summary>
public sealed class TapTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tap_shows_a_kill_and_who_serves_its_client_then()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var client = await cluster.ClientOf("5301");
        using var tap = await Reading.Begin(cluster.Door, "tap");

        await cluster["5301"].Kill();
        var fault = await tap.Next("backend-faulted");
        var served = (await client.AskUdp()).Backend;
        var query = await tap.Next("query");

        Assert.Equal(5301, fault.GetProperty("backend").GetInt32());
        Assert.Contains("backend faulted", fault.GetProperty("text").GetString());
        Assert.Equal("5302", served);
        Assert.Equal(5302, query.GetProperty("backend").GetInt32());
        Assert.Equal($"{client.Address}", query.GetProperty("client").GetString());
        Assert.Equal("answered", query.GetProperty("outcome").GetString());
        Assert.True(query.GetProperty("latencyMs").GetDouble() > 0);
        Assert.False(query.TryGetProperty("text", out _));
    }

    [Fact]
    public async Task A_filter_lets_pass_what_it_says_and_nothing_else()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var (one, other) = (await cluster.ClientOf("5301"), await cluster.ClientOf("5302"));
        var filter = $"backend==5302 && client=={other.Address} && latency>=0us";
        using var tap = await Reading.Begin(
            cluster.Door, $"tap?limit=2&filter={Uri.EscapeDataString(filter)}");

        await other.AskUdp();
        await one.AskUdp();
        await other.AskTcp();
        await other.AskUdp();

        var facts = await tap.ToEnd();
        Assert.Equal(2, facts.Length);
        Assert.All(facts, fact => Assert.Equal(5302, fact.GetProperty("backend").GetInt32()));
        Assert.All(facts, fact =>
            Assert.Equal($"{other.Address}", fact.GetProperty("client").GetString()));
    }

    [Fact]
    public async Task The_end_of_a_connection_tells_its_backend_and_how_long_it_lasted()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        using var tap = await Reading.Begin(
            cluster.Door, $"tap?filter={Uri.EscapeDataString("protocol==tcp && latency>0us")}");
        await cluster.NewClient().AskTcp(halfCloses: true);

        var end = await tap.Next("stream-finished");

        Assert.Equal(5301, end.GetProperty("backend").GetInt32());
        Assert.Equal("finished", end.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task To_who_accepts_events_facts_come_as_events()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var wanting = new HttpRequestMessage(HttpMethod.Get, "tap?limit=1");
        wanting.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await cluster.Door.Http.SendAsync(
            wanting, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await cluster.NewClient().AskUdp();

        var text = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal("text/event-stream", $"{response.Content.Headers.ContentType}");
        Assert.StartsWith("data: {\"at\":\"", text);
        Assert.EndsWith("}\n\n", text);
    }

    [Theory]
    [InlineData("tap?filter=bakend==5302", "filter: unknown field \"bakend\" at 1; fields are ")]
    [InlineData("tap?format=xml", "format: \"xml\" is neither ndjson nor sse")]
    [InlineData("tap?limit=0", "limit: \"0\" is not a number of lines, 1 or more")]
    [InlineData("tap?fliter=x", "unknown parameter \"fliter\"; there are: filter, format, limit")]
    [InlineData("top?for=61s", "for: \"61s\" is not a time from 1s to 60s")]
    public async Task What_is_asked_wrongly_is_refused_in_a_sentence(
        string target, string sentence)
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var (status, body) = await cluster.Door.Get(target);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(sentence, Door.ErrorOf(body));
    }

    [Fact]
    public async Task The_129th_tap_is_refused_until_another_ends()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var taps = new List<Reading>();
        for (var i = 0; i < TapHub.MostTaps; i++)
            taps.Add(await Reading.Begin(cluster.Door, "tap"));

        var (status, body) = await cluster.Door.Get("tap");
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal("there are 128 taps already, which is the most", Door.ErrorOf(body));

        await cluster.NewClient().AskUdp();
        foreach (var tap in taps)
        {
            await tap.Next("query");
            tap.Dispose();
        }
        Assert.True(await IsTaken(cluster.Door), "one that has gone leaves its place");
    }

    [Fact]
    public async Task A_tap_that_never_reads_is_cut_off_and_costs_no_query()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        using var deaf = new Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await deaf.ConnectAsync(new UnixDomainSocketEndPoint(cluster.Door.Path), Cancelled);
        await deaf.SendAsync("GET /tap HTTP/1.1\r\nHost: balancer\r\n\r\n"u8.ToArray(), Cancelled);

        // Two clients of eight turns each ask until the door has hung up; all are answered.
        var isCutOff = false;
        var asking = Enumerable.Range(0, 16).Select(i => AskOn(cluster, () => isCutOff));
        var answered = Task.WhenAll(asking.ToArray());
        await Deadline.Until(() => HasHungUp(deaf), "the tap is cut off");
        isCutOff = true;
        var asked = (await answered).Sum();

        var totals = (await cluster.Door.Json("status")).GetProperty("totals");
        Assert.Equal(
            asked, totals.GetProperty("outcomes").GetProperty("answered").GetInt64());
        Assert.True(asked > Tap.QueueFacts, "more was asked than a queue holds");
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_tap()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        using var tap = await Reading.Begin(cluster.Door, "tap");
        cluster.Balancer.Send(Signal.Terminate);
        Assert.Equal(0, await cluster.Balancer.Exit());
        await tap.ToEnd();
    }

    static async Task<long> AskOn(Cluster cluster, Func<bool> isOver)
    {
        var client = cluster.NewClient();
        var asked = 0L;
        for (; !isOver(); asked++)
            await client.AskUdp();
        return asked;
    }

    // Whoever sends to one that has closed is told; what is sent here means nothing.
    static bool HasHungUp(Socket socket)
    {
        try
        {
            socket.Send("\r"u8);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    static async Task<bool> IsTaken(Door door)
    {
        // Our own client takes a moment to hang up, and the door one to notice.
        for (var since = Stopwatch.StartNew(); since.Elapsed < Deadline.Patience;)
        {
            using var response = await door.Http.GetAsync(
                "tap", HttpCompletionOption.ResponseHeadersRead, Cancelled);
            if (response.IsSuccessStatusCode)
                return true;
        }
        return false;
    }

    /// <summary>A tap, line by line.</summary>
    sealed class Reading(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public static async Task<Reading> Begin(Door door, string target)
        {
            var response = await door.Http.GetAsync(
                target, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            response.EnsureSuccessStatusCode();
            return new(response, new(
                await response.Content.ReadAsStreamAsync(Cancelled), Encoding.UTF8));
        }

        public async Task<JsonElement> Next(string kind)
        {
            while (await lines.ReadLineAsync(Cancelled).AsTask().Within(kind) is { } line)
            {
                var fact = JsonDocument.Parse(line).RootElement;
                if (fact.GetProperty("kind").GetString() == kind)
                    return fact;
            }
            throw new InvalidOperationException($"the tap has ended before a {kind}");
        }

        public async Task<JsonElement[]> ToEnd()
        {
            var text = await lines.ReadToEndAsync(Cancelled).Within("the tap ends");
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)];
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }
    }
}
