using System.Text.RegularExpressions;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// docs/from-mname-balancer.md: whatever the original had has its row, and no row is of something
/// that it had not. The original's description is not in the repository, so its items and messages
/// stand here.
/// </summary>
public sealed class FromTheOriginalTests
{
    static readonly (char Kind, int Last)[] Kinds =
    [
        ('C', 12), ('M', 23), ('F', 15), ('B', 10), ('S', 11), ('U', 7), ('T', 9), ('G', 7),
        ('X', 4), ('K', 5), ('E', 9),
    ];

    static readonly Dictionary<string, string> Messages = new()
    {
        ["G1"] = """
            starting up|cloop init failure|data structure failure|timer init failure
            cloop run failure|event loop|no backends available|error opening socket directory
            error reading socket directory|backend socket path is too long|backend_create failed
            balancer spread statistics
            """,
        ["G2"] = """
            opening UDP listen socket|listening for UDP packets|listening for TCP packets
            failed to parse IP address or port|failed to create UDP listen socket
            failed to set SO_REUSEADDR on UDP listen socket|failed to bind UDP listen socket
            failed to create TCP listen socket
            """,
        ["G3"] = """
            new backend|connecting to backend|connect(3SOCKET) failed|socket(2) failed
            backend cconn_alloc failed|failed to connect|backend socket removed
            backend socket returned (connecting)|backend socket connected
            backend socket established|timed out connecting to backend|backend socket EOF
            backend socket error|backend faulted (reset and reconnect)|backend socket closed
            reconnect triggered for backend|no heartbeat from backend
            unexpected heartbeat response from backend|errant frame before hello
            duplicate hello from backend|invalid frame type|backend sent oversized UDP packet
            outbound UDP packet error|failed to send packet to backend|could not allocate buffer
            sending hello frame|could not pullup|heartbeat sent|received heartbeat reply
            inbound frame|outbound UDP packet|forwarding UDP packet to backend
            stuck backend write queue
            """,
        ["G4"] = """
            new remote peer|remote assigned to new primary backend
            remote assigned to new backup backend|remote assigned to original primary backend
            rebalancing to reduce spread|expiring remote entry|dropping oversized UDP packet
            could not find backend for remote|received UDP packet from remote
            could not lookup remote (dropping)|ran out of UDP packets
            """,
        ["G5"] = """
            inbound TCP connection|connecting to backend|connected to backend
            backend reports TCP OK|TCP frontend data|TCP backend data
            TCP data arrived from remote, but backend not yet connected
            forwarded bytes from front to back|forwarded bytes from back to front|TCP stream EOF
            FIN send failed|TCP error|backend hello frame alloc failed
            backend hello frame send failed|backend invalid TCP OK|forward to backend failed
            forward to frontend failed|timed out connecting to backend|TCP teardown
            frontend connection closed|backend connection closed|proxy connection finished
            incoming TCP accept failure|incoming TCP failure|incoming TCP calloc
            """,
    };

    static readonly (string[] Items, string Row)[] Rows =
    [
        .. Page.At("docs/from-mname-balancer.md").Text.Split('\n')
            .Where(line => Regex.IsMatch(line, @"^\| [A-Z]\d"))
            .Select(line => (
                Regex.Matches(line.Split('|')[1], @"[A-Z]\d+").Select(item => item.Value).ToArray(),
                line)),
    ];

    [Fact]
    public void Every_item_of_the_original_has_its_row_and_every_row_its_item() => Assert.Equal(
        Kinds.SelectMany(kind => Enumerable.Range(1, kind.Last).Select(n => $"{kind.Kind}{n}"))
            .Order(),
        Rows.SelectMany(row => row.Items).Distinct().Order());

    [Theory]
    [InlineData("G1")]
    [InlineData("G2")]
    [InlineData("G3")]
    [InlineData("G4")]
    [InlineData("G5")]
    public void Every_message_of_the_original_has_its_place(string item)
    {
        var there = Rows.Where(row => row.Items.Contains(item))
            .SelectMany(row => Regex.Matches(row.Row.Split('|')[2], "`([^`]+)`"))
            .Select(message => message.Groups[1].Value);
        Assert.Equal(
            Messages[item].Split(['|', '\n']).Select(message => message.Trim()).Order(),
            there.Order());
    }
}
