using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// Clients that ask one question after the other, each once, while node-mname processes behind the
/// balancer are killed, stopped and replaced: every question is answered.
/// </summary>
public sealed class ContinuityTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    [Fact]
    public Task A_kill_loses_nothing() => NothingIsLost(async cluster =>
    {
        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302", "backend faulted (reset and reconnect)");
        // A process that starts unlinks the old socket and binds a new one: between the two it may
        // have been forgotten, and is a newcomer then, to whom nothing has to be given back.
        var at = cluster.Balancer.Log.Count;
        await cluster.StartNode("5302");
        await cluster.Balancer.SaysOf("5302", "backend socket established", at);
    });

    [Fact]
    public Task A_stop_loses_nothing_and_the_stopped_one_comes_back() =>
        NothingIsLost(async cluster =>
        {
            cluster["5302"].Freeze();
            await cluster.Balancer.SaysOf("5302", "backend is silent (others serve its remotes)");
            cluster["5302"].Thaw();
            await cluster.Balancer.SaysOf("5302", "backend has its remotes back");
        });

    [Fact]
    public Task An_unlinked_socket_loses_nothing() => NothingIsLost(async cluster =>
    {
        File.Delete(cluster.PathOf("5302"));
        await cluster.Balancer.SaysOf("5302", "leaving backend owes nothing");
        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302", "backend faulted (reset and reconnect)");
    });

    [Fact]
    public Task A_rolling_replacement_of_all_loses_nothing() => NothingIsLost(async cluster =>
    {
        foreach (var name in Three)
        {
            File.Delete(cluster.PathOf(name));
            await cluster.Balancer.SaysOf(name, "leaving backend owes nothing");
            await cluster[name].Kill();
            var at = cluster.Balancer.Log.Count;
            await cluster.StartNode(name);
            await cluster.Balancer.SaysOf(name, "backend socket established", at);
        }
    });

    static async Task NothingIsLost(Func<Cluster, Task> happens)
    {
        await using var cluster = await Cluster.Start(Three);
        using var over = new CancellationTokenSource();
        var asking = cluster.NewClients(9).Select(client => Ask(client, over.Token)).ToArray();
        await happens(cluster);
        await over.CancelAsync();
        // Each waits for its last answer: none of these ends by itself otherwise.
        var asked = await Task.WhenAll(asking);
        Assert.All(asked, count => Assert.True(count > 0));
    }

    static async Task<int> Ask(DnsAsker client, CancellationToken over)
    {
        var asked = 0;
        for (; !over.IsCancellationRequested || asked == 0; asked++)
            await client.AskUdp();
        return asked;
    }
}
