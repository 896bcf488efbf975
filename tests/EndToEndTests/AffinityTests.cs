using System.Text;
using System.Text.Json;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Whose a client is (B3, B6), by real daemons in front of real sockets.</summary>
public sealed class AffinityTests
{
    const int Clients = 500;

    static readonly string[] Addresses =
        [.. Enumerable.Range(1, Clients).Select(i => $"127.{i % 50}.{i % 7}.{1 + i % 250}")];

    [Fact]
    public async Task Two_hosts_choose_alike_whatever_came_first_and_after_a_kill()
    {
        await using var one = new Host();
        await using var other = new Host();
        foreach (var name in (string[])["5301", "5302", "5303"])
            one.Add(name);
        await one.Start("--affinity", "rendezvous");
        await other.Start("--affinity", "rendezvous");
        foreach (var name in (string[])["5303", "5301", "5302"])
        {
            other.Add(name);
            await other.Balancer.IsServedBy(name);
            // Remembered from when there were fewer.
            await other.Asks(Addresses[..100]);
        }
        await one.Balancer.IsServedBy("5301", "5302", "5303");

        var chosen = await one.PrimariesOf(Addresses);
        Assert.Equal(chosen, await other.PrimariesOf(Addresses));
        Assert.All(
            chosen.Values.CountBy(id => id), share => Assert.InRange(share.Value, 110, 225));

        one.Balancer.Send(Signal.Kill);
        await one.Balancer.Exit();
        await one.Start("--affinity", "rendezvous", "--loops", "2");
        await one.Balancer.IsServedBy("5301", "5302", "5303");
        Assert.Equal(chosen, await one.PrimariesOf(Addresses));
        await one.AreServedBy(chosen);
    }

    [Fact]
    public async Task Newcomers_are_dealt_by_weight_and_a_standby_carries_while_nobody_else_does()
    {
        await using var host = new Host();
        foreach (var name in (string[])["5301", "5302", "5303"])
            host.Add(name);
        await host.Start("--weight", "5301=3", "--standby", "5303");
        await host.Balancer.IsServedBy("5301", "5302", "5303");
        var dealt = await host.PrimariesOf(Addresses[..80]);
        // Whose turn it was is not known of the first.
        Assert.InRange(dealt.Values.Count(id => id == 5301), 58, 62);
        Assert.DoesNotContain(5303, dealt.Values);
        Assert.Equal((3, 0, 1, "standby", false), (
            await host.Of(5301, "weight"), await host.Of(5301, "standby"),
            await host.Of(5303, "standby"), await host.StateOf(5303), await host.IsLive(5303)));

        var at = host.Balancer.Log.Count;
        host.Remove("5301");
        host.Remove("5302");
        foreach (var name in (string[])["5301", "5302"])
            await host.Balancer.SaysOf(name, "backend faulted (reset and reconnect)", at);
        await host.AreServedBy(Addresses[..20].ToDictionary(client => client, _ => 5303));
        Assert.Equal("ready\n", (await host.Door.Get("readyz")).Body);
        Assert.Equal(("live", true), (await host.StateOf(5303), await host.IsLive(5303)));
        var why = (await host.Door.Json($"explain/{Addresses[0]}"))
            .GetProperty("servedBy").GetProperty("because").GetString();
        Assert.Contains("5303 is a standby", why);

        host.Add("5301");
        await host.AreServedBy(Addresses[..20].ToDictionary(client => client, _ => 5301));
    }

    [Fact]
    public async Task Where_clients_are_chosen_for_none_is_moved_by_command_and_it_is_explained()
    {
        await using var host = new Host();
        host.Add("5301");
        host.Add("5302");
        await host.Start("--affinity", "rendezvous");
        await host.Balancer.IsServedBy("5301", "5302");
        var (client, home) = (await host.PrimariesOf(Addresses[..1])).Single();
        var other = home == 5301 ? 5302 : 5301;
        var (status, body) = await host.Door.Post($"move?ip={client}&backend={other}");
        Assert.Equal(409, (int)status);
        Assert.Contains("pin it instead", Door.ErrorOf(body));
        var it = await host.Door.Json($"explain/{client}");
        Assert.Contains(
            "the highest rendezvous weight among the backends that exist",
            it.GetProperty("because").GetString());
        var foretold = await host.Door.Json("whatif?add=1");
        Assert.Contains(
            "as soon as it carried, by rendezvous weight",
            foretold.GetProperty("because").GetString());
    }

    /// <summary>A directory of backends that answer with their names, and a balancer.</summary>
    sealed class Host : IAsyncDisposable
    {
        readonly TestDirectory _sockets = new();
        readonly TestDirectory _control = new();
        readonly Dictionary<string, (BackendServer Server, IDisposable Answers)> _backends = [];
        BalancerProcess? _balancer;
        Door? _door;

        public BalancerProcess Balancer => _balancer!;

        public Door Door => _door!;

        public void Add(string name)
        {
            var server = BackendServer.Listen(_sockets[name]);
            _backends[name] = (server, server.Queries.Subscribe(
                query => query.Answer(AnswerTo(query.Message.ToArray(), name))));
        }

        // The process dies: its socket file stays.
        public void Remove(string name)
        {
            _backends.Remove(name, out var gone);
            gone.Answers.Dispose();
            gone.Server.Dispose();
        }

        public async Task Start(params string[] more)
        {
            await Stop();
            _balancer = await BalancerProcess.Start(
                _sockets.Path, ["--control", _control["control.sock"], .. more]);
            await _balancer.Says("control socket is open");
            _door = new(_control["control.sock"]);
        }

        public Task Asks(IEnumerable<string> clients) => Parallel.ForEachAsync(
            clients, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (client, _) => await Balancer.Client(client).AskUntilAnswered());

        /// <summary>All of them ask; whose they are then.</summary>
        public async Task<SortedDictionary<string, int>> PrimariesOf(string[] clients)
        {
            await Asks(clients);
            var remotes = (await Door.Json("remotes?limit=10000")).GetProperty("remotes");
            var known = remotes.EnumerateArray().ToDictionary(
                remote => remote.GetProperty("address").GetString()!,
                remote => remote.GetProperty("primary").GetInt32());
            return new(clients.ToDictionary(client => client, client => known[client]));
        }

        /// <summary>Each is, at last: one that is silent for a moment on a busy machine is passed
        /// over for a moment.</summary>
        public async Task AreServedBy(IReadOnlyDictionary<string, int> servers)
        {
            foreach (var (client, server) in servers)
            {
                var asking = AskUntilServedBy(client, server);
                await asking.Within($"{client} is served by {server}");
            }
        }

        public async Task<int> Of(int backend, string field) =>
            (await Backend(backend)).GetProperty(field).GetInt32();

        public async Task<string?> StateOf(int backend) =>
            (await Backend(backend)).GetProperty("state").GetString();

        public async Task<bool> IsLive(int backend) =>
            (await Backend(backend)).GetProperty("live").GetBoolean();

        public async ValueTask DisposeAsync()
        {
            await Stop();
            foreach (var name in _backends.Keys.ToArray())
                Remove(name);
            _sockets.Dispose();
            _control.Dispose();
        }

        async Task AskUntilServedBy(string client, int server)
        {
            while ((await Balancer.Client(client).AskUntilAnswered()).Backend != $"{server}")
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        async Task<JsonElement> Backend(int id) =>
            (await Door.Json("status")).GetProperty("backends").EnumerateArray()
                .Single(backend => backend.GetProperty("id").GetInt32() == id);

        async Task Stop()
        {
            _door?.Dispose();
            if (_balancer is not null)
                await _balancer.DisposeAsync();
        }

        // One TXT answer that points to the question's name.
        static byte[] AnswerTo(byte[] query, string name)
        {
            query[2] |= 0x80;
            query[7] = 1;
            byte[] text = Encoding.ASCII.GetBytes($"?backend={name}");
            text[0] = (byte)(text.Length - 1);
            return
            [
                .. query, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, (byte)text.Length, .. text,
            ];
        }
    }
}
