namespace Balancer.Load;

/// <summary>What --help says.</summary>
static class Help
{
    public const string Text = """
        Asks a DNS server as much as it can bear, or at a rate, and accounts for every query.

        Usage:
          balancer-load --to ADDRESS:PORT [--tcp] [--for SECONDS] [--count N]
                        [--outstanding N] [--rate N] [--clients N] [--first-client IP]
                        [--ports N] [--train N] [--patience MS] [--name SUFFIX] [--json]

        Options:
              --to ADDRESS:PORT  the server; required
              --tcp              each query on a connection of its own
              --for SECONDS      how long to send; less if 1000 were refused and none sent [10]
              --count N          how many queries, if that is sooner
              --outstanding N    queries that wait for an answer, at most, 1 to 65536 [128;
                                 with --rate 65536, with --rate and --tcp 4096]
              --rate N           queries a second, whatever the server does (open loop)
              --clients N        source addresses, taken in turn [1]
              --first-client IP  the first of them [127.0.0.1; of several 127.16.0.0]
              --ports N          source ports of each, taken in turn [1]
              --train N          so many queries of one client in a row, sent as one train
                                 (UDP_SEGMENT), 1 to 64 [1]
              --patience MS      a query unanswered for so long is lost [1000]
              --name SUFFIX      what the names end in that are asked for [load.example]
              --json             the figures as one line of JSON
          -h, --help             this text

        Figures:
          sent = answered + lost; besides these: answers that came twice (doubled) or after
          their query was lost (late) or that answer none (wrong: from elsewhere, of another
          id or question, not NOERROR, empty), and queries that never left (refused)

        Signals:
          SIGINT, SIGTERM        send no more, wait for what is outstanding, tell; the
                                 second one: do not wait

        Example:
          balancer-load --to 127.0.0.1:5300 --clients 1000 --ports 16 --for 5

        Exit codes:
          0  a run was made, whatever was lost
          1  nothing could be sent
          2  a bad argument (stderr says which)

        """;
}
