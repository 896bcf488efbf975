using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Balancer.Daemon.Control;
using Balancer.Daemon.Narration;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>The metrics: well formed, described where people read, true.</summary>
public sealed partial class MetricsTests
{
    static readonly DaemonStatus Some = new()
    {
        Received = 12,
        Backends =
        [
            new(new(5301), "/s/5301")
            {
                IsLive = true,
                RoundTrip = TimeSpan.FromMilliseconds(1),
                Answered = 7,
                LatencySum = 900,
                Latencies = [0, 0, 0, 0, 0, 0, 0, 4, 3, .. new long[31]],
            },
        ],
    };

    [Fact]
    public void Every_line_is_a_sample_of_the_family_above_it()
    {
        var family = "";
        foreach (var line in Exposition.Of(Some).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                family = line.Split(' ')[2];
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                Assert.Equal(family, line.Split(' ')[2]);
            else
                Assert.Matches($"^{family}(_bucket|_sum|_count)?({{.+}})? [0-9.e+-]+$", line);
        }
    }

    [Fact]
    public void A_histogram_counts_what_is_below_each_bound()
    {
        var text = Exposition.Of(Some);

        Assert.Contains("le=\"6.4E-05\"} 0\n", text);
        Assert.Contains("le=\"0.000128\"} 4\n", text);
        Assert.Contains("le=\"0.000256\"} 7\n", text);
        Assert.Contains("le=\"+Inf\"} 7\n", text);
        Assert.Contains("mname_backend_latency_seconds_sum{backend=\"5301\"} 0.0009\n", text);
        Assert.Contains("mname_backend_latency_seconds_count{backend=\"5301\"} 7\n", text);
    }

    [Fact]
    public void Counters_say_so_in_their_names_and_nothing_else_does() =>
        Assert.All(MetricFamilies.All, family => Assert.Equal(
            family.Kind == MetricKind.Counter,
            family.Name.EndsWith("_total", StringComparison.Ordinal)));

    [Fact]
    public void The_document_lists_every_family_in_the_words_of_its_help()
    {
        var rows = Rows().Matches(File.ReadAllText(Document()))
            .Select(row => (row.Groups[1].Value, row.Groups[2].Value));

        Assert.Equal(MetricFamilies.All.Select(family => (family.Name, family.Help)), rows);
    }

    [Fact]
    public async Task A_scrape_tells_what_has_happened()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        foreach (var client in cluster.NewClients(4))
            await client.AskUdp();

        var (_, text) = await cluster.Door.Get("metrics");

        Assert.Contains("mname_datagrams_received_total 4\n", text);
        Assert.Contains("mname_queries_total{proto=\"udp\",outcome=\"answered\"} 4\n", text);
        Assert.Contains("mname_backend_up{backend=\"5302\"} 1\n", text);
        Assert.Contains("mname_backend_answered_total{backend=\"5301\"} 2\n", text);
    }

    static string Document([CallerFilePath] string here = "") => Path.GetFullPath(
        "../../../docs/control.md", Path.GetDirectoryName(here)!);

    [GeneratedRegex(@"^\| `((?:mname|process)_\w+)` \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
