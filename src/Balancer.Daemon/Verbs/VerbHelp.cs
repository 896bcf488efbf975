namespace Balancer.Daemon.Verbs;

/// <summary>What --help says of the verbs.</summary>
internal static class VerbHelp
{
    public const string Text = """
        To look at a running daemon, and to give it orders, by its control socket.

        Usage:
          balancer status [--watch | -w | --json]
                                                 backends, and what became of the queries
          balancer stat                          the tables of balstat
          balancer remotes [--backend ID] [-n, --limit N]
                                                 clients, and who serves them
          balancer timers                        every deadline that is pending
          balancer explain CLIENT [--json]       why this client goes to that backend
          balancer tap [FILTER] [-n, --limit N] [--json]
                                                 what happens, as it happens
          balancer top [--for TIME] [--json]     who asks most, what was slowest, what was lost
          balancer whatif drain|kill ID          what would happen; changes nothing
          balancer whatif add [ID]
          balancer drain ID                      no new queries for this backend
          balancer enable ID                     takes that back
          balancer pin CLIENT ID [--for TIME]    this client goes to that backend
          balancer unpin CLIENT
          balancer move CLIENT ID                the same, once; later it may move on
          balancer upgrade [--binary PATH] [--patience TIME]
                                                 another program takes the daemon's place, and
                                                 nothing is lost
          balancer record FILE [--for TIME]      what comes in, for replay
          balancer replay FILE [--as-test]       the same decisions again, or not

        Options:
              --control PATH   the daemon's socket [BALANCER_CONTROL, /run/balancer/control.sock,
                               or the demo's]
          -h, --help           this text

        A FILTER compares kind, backend, client, protocol, outcome or latency:
          balancer tap 'backend==5302 && latency>50ms'
          balancer tap 'kind==backend-faulted || client==192.0.2.0/24'

        Exit codes:
          0  done    1  a bad argument    2  the daemon says no    3  no daemon listens there
          of replay: 0  the same decisions    1  not so    2  the file cannot be read

        """;
}
