using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>The status again and again, as events.</summary>
public sealed class LiveTests
{
    const int MostReaders = 64;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_event_is_the_status_with_the_busiest_clients_and_who_serves_them()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var client = cluster.NewClient();
        var served = (await client.AskUdp()).Backend;
        using var live = await Reader.Open(cluster.Door.Http, "live?every=200ms");

        var first = await live.Next();
        var second = await live.Next();

        Assert.True(first.GetProperty("ready").GetBoolean());
        Assert.Equal(1, first.GetProperty("totals").GetProperty("received").GetInt64());
        var backends = first.GetProperty("backends").EnumerateArray();
        Assert.Equal([5301, 5302], backends.Select(b => b.GetProperty("id").GetInt32()));
        var shown = Assert.Single(first.GetProperty("clients").EnumerateArray());
        Assert.Equal($"{client.Address}", shown.GetProperty("client").GetString());
        Assert.Equal(served, $"{shown.GetProperty("servedBy").GetInt32()}");
        Assert.Equal(served, $"{shown.GetProperty("backend").GetInt32()}");
        Assert.Equal(1, shown.GetProperty("queries").GetInt64());
        Assert.False(first.TryGetProperty("loops", out _));
        Assert.True(Uptime(second) > Uptime(first));
    }

    [Fact]
    public async Task With_several_loops_a_client_is_shown_once_with_the_backends_numbers_of_all()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"], "--loops", "3");
        var clients = cluster.NewClients(8);
        var served = new Dictionary<string, string>();
        foreach (var client in clients)
            served[$"{client.Address}"] = (await client.AskUdp()).Backend;
        using var live = await Reader.Open(cluster.Door.Http, "live");

        var shown = (await live.Next()).GetProperty("clients").EnumerateArray().ToDictionary(
            client => client.GetProperty("client").GetString()!,
            client => $"{client.GetProperty("servedBy").GetInt32()}");

        Assert.Equal(served.OrderBy(pair => pair.Key), shown.OrderBy(pair => pair.Key));
    }

    [Fact]
    public async Task Sixty_four_may_read_and_the_next_is_told_so()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var readers = new List<Reader>();
        try
        {
            for (var i = 0; i < MostReaders; i++)
                readers.Add(await Reader.Open(cluster.Door.Http, "live"));

            var (status, body) = await cluster.Door.Get("live");

            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Equal("64 readers watch already, which is the most", Door.ErrorOf(body));
            Assert.All(
                await Task.WhenAll(readers.Select(reader => reader.Next())),
                shown => Assert.True(shown.GetProperty("ready").GetBoolean()));
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    [Theory]
    [InlineData("every=100ms")]
    [InlineData("every=61s")]
    [InlineData("every=1")]
    [InlineData("every=-1s")]
    [InlineData("every=99999999999s")]
    public async Task A_pace_that_is_none_is_refused(string pace)
    {
        await using var cluster = await Cluster.StartWithDoor([]);

        var (status, body) = await cluster.Door.Get($"live?{pace}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            $"every: \"{pace["every=".Length..]}\" is not a time from 200ms to 60s",
            Door.ErrorOf(body));
    }

    [Fact]
    public async Task It_ends_when_the_daemon_stops()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        using var live = await Reader.Open(cluster.Door.Http, "live");
        await live.Next();

        cluster.Balancer.Send(Signal.Terminate);

        await live.End();
        Assert.Equal(0, await cluster.Balancer.Exit());
    }

    [Fact]
    public async Task The_page_runs_its_own_script_only_and_may_not_be_framed()
    {
        await using var cluster = await Cluster.StartWithDoor([]);

        using var page = await cluster.Door.Http.GetAsync("", Cancelled);

        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    static double Uptime(JsonElement status) => status.GetProperty("uptimeSeconds").GetDouble();

    /// <summary>One who reads the events.</summary>
    sealed class Reader : IDisposable
    {
        const string Data = "data: ";

        readonly HttpResponseMessage _response;
        readonly StreamReader _lines;

        Reader(HttpResponseMessage response, Stream stream) =>
            (_response, _lines) = (response, new(stream));

        public static async Task<Reader> Open(HttpClient http, string target)
        {
            var response = await http.GetAsync(
                target, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new(response, await response.Content.ReadAsStreamAsync(Cancelled));
        }

        public async Task<JsonElement> Next()
        {
            while (true)
            {
                var line = await _lines.ReadLineAsync(Cancelled).AsTask().Within("an event");
                Assert.NotNull(line);
                if (line.StartsWith(Data, StringComparison.Ordinal))
                    return JsonDocument.Parse(line[Data.Length..]).RootElement;
            }
        }

        /// <summary>Waits for the end of the stream.</summary>
        public async Task End()
        {
            while (await _lines.ReadLineAsync(Cancelled).AsTask().Within("the end") is not null)
            {
                // Statuses of before.
            }
        }

        public void Dispose()
        {
            _lines.Dispose();
            _response.Dispose();
        }
    }
}
