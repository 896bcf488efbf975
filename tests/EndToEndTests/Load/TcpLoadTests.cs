using System.Net;
using System.Net.Sockets;
using Balancer.EndToEndTests.Support;
using Balancer.Load;
using Xunit;

namespace Balancer.EndToEndTests.Load;

// Each query on a connection of its own: what ends it, and as what it is counted.
public sealed class TcpLoadTests
{
    [Fact]
    public async Task A_connection_that_the_server_closes_is_a_lost_query()
    {
        await using var server = new TcpServer((_, asked) => asked.Number % 3 == 0
            ? []
            : [asked.Answer]);
        var result = await LoadWorld.Run(Towards(server) with
        {
            Count = 30,
            Patience = Deadline.Patience,
        });

        Assert.Equal((30, 20, 10, 0, 0, 0, 0), result.Counts());
    }

    [Fact]
    public async Task An_answer_may_come_in_pieces_and_must_be_to_the_question()
    {
        await using var server = new TcpServer((inPieces, asked) =>
        {
            inPieces.Value = asked.Number % 2 == 0;
            return asked.Number == 7 ? [asked.Changed(OtherName)] : [asked.Answer];
        });
        var result = await LoadWorld.Run(Towards(server) with { Count = 20 });

        Assert.Equal((20, 19, 1, 0, 0, 1, 0), result.Counts());
    }

    [Fact]
    public async Task A_server_that_keeps_connections_and_says_nothing_cannot_hang_it()
    {
        await using var server = new TcpServer((_, _) => null);
        var result = await LoadWorld.Run(Towards(server) with
        {
            Count = 20,
            Patience = TimeSpan.FromMilliseconds(50),
        });

        Assert.Equal((20, 0, 20, 0, 0, 0, 0), result.Counts());
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_sent_and_the_exit_code_says_so()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var options = LoadWorld.Towards(new(IPAddress.Loopback, FreePort.Take())) with
        {
            OverTcp = true,
        };

        Assert.Equal(1, LoadCommand.Run(options, output, error));
        Assert.Contains("the first for ECONNREFUSED", error.ToString(), StringComparison.Ordinal);
    }

    static LoadOptions Towards(TcpServer server) =>
        LoadWorld.Towards(server.EndPoint) with { OverTcp = true, Outstanding = 4 };

    static Span<byte> OtherName(byte[] answer)
    {
        answer[25] ^= 1;
        return answer;
    }

    /// <summary>Answers each connection's query with the messages that the script names and closes
    /// it; with null it keeps it.</summary>
    sealed class TcpServer : IAsyncDisposable
    {
        readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        readonly List<TcpClient> _kept = [];
        readonly Func<StrongBox, Asked, byte[][]?> _script;
        readonly Task _serving;

        public TcpServer(Func<StrongBox, Asked, byte[][]?> script)
        {
            _script = script;
            _listener.Start();
            _serving = Serve();
        }

        public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving.Within("the end of the server");
            _kept.ForEach(client => client.Dispose());
        }

        async Task Serve()
        {
            while (true)
            {
                try
                {
                    await Serve(await _listener.AcceptTcpClientAsync());
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // The only way to end it: the listener is closed.
                    return;
                }
            }
        }

        async Task Serve(TcpClient client)
        {
            client.NoDelay = true;
            var stream = client.GetStream();
            var length = new byte[2];
            await stream.ReadExactlyAsync(length);
            var query = new byte[length[0] << 8 | length[1]];
            await stream.ReadExactlyAsync(query);
            var inPieces = new StrongBox();
            var answers = _script(
                inPieces, Asked.Of(query, (IPEndPoint)client.Client.RemoteEndPoint!));
            if (answers is null)
            {
                _kept.Add(client);
                return;
            }
            foreach (var bytes in answers.Select(WireBytes.Message))
            {
                foreach (var piece in inPieces.Value ? bytes.Chunk(1) : [bytes])
                    await stream.WriteAsync(piece);
            }
            client.Dispose();
        }
    }

    /// <summary>Whether the answer goes out byte by byte.</summary>
    sealed class StrongBox
    {
        public bool Value { get; set; }
    }
}
