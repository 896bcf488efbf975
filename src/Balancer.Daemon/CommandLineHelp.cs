namespace Balancer.Daemon;

/// <summary>What --help says.</summary>
internal static class CommandLineHelp
{
    public const string Daemon = """
        Shares out DNS clients, UDP and TCP, among several DNS server processes on this host.

        Usage:
          balancer -s DIR [-b IP]... [-p PORT] [--backend-user USER]... [--loops N]
                   [--max-remotes N] [--rebalance-budget PERCENT]
                   [--max-tcp N] [--max-tcp-per-client N]
                   [--probe NAME[/TYPE[/RCODE]] [--probe-every SECONDS]]
                   [--when-empty POLICY]
                   [--allow CIDR]... [--rate-limit N [--rate-slip N]]
                   [--control PATH|off] [--http IP:PORT [--http-anywhere]]
                   [--flight-recorder DIR] [--flight-memory MB]
                   [-l LEVEL] [--log-format FORMAT] [--compat]
          balancer demo [-p PORT] [-l LEVEL] [--log-format FORMAT]

        Options:
          -s, --socket-directory DIR  where the backends' AF_UNIX sockets are; required
          -b, --bind IP               IPv4 address to listen on; may be repeated [0.0.0.0]
          -p, --port PORT             port for UDP and TCP, 1 to 65535 [53]
              --backend-user USER     name or uid of a user whose sockets may be backends, besides
                                      root's and the daemon's own; may be repeated
              --loops N               threads that share the clients, 1 to 64 [1]
              --max-remotes N         clients to remember; others are served too [262144]
              --probe NAME[/TYPE[/RCODE]]
                                      a question that a backend with all its data answers
                                      so; one that does not is passed over [none; A, NOERROR]
              --probe-every SECONDS   how often it is asked, 2 to 3600 [5]
              --when-empty POLICY     what clients are told when no backend can be had:
                                      drop (nothing), servfail or refused; UDP only [drop]
              --rebalance-budget PERCENT
                                      clients to move in a minute, at most, so that backends
                                      carry the same load; 0: none [1]
              --allow CIDR            serve these networks only; may be repeated [everybody]
              --rate-limit N          UDP queries a second from a /24 in all, 1 to 100000 [off]
              --rate-slip N           of those over it, each Nth is sent to TCP; 0: none [2]
              --max-tcp N             TCP connections at once, or fewer if descriptors are
                                      short; then the idlest gives way [16384]
              --max-tcp-per-client N  TCP connections of one client address [512]
          -l, --log-level LEVEL       trace, debug, info, warn, error or fatal [info]
              --log-format FORMAT     bunyan, json or text [text on a terminal, else bunyan]
              --control PATH          the socket to look in by, and to give orders; or off
                                      [/run/balancer/control.sock if that can be had]
              --http IP:PORT          the same by TCP, to look only; on a loopback address
                                      [none]
              --http-anywhere         --http on an address that others can reach
              --flight-recorder DIR   when a backend faults, write here what came in before:
                                      a file for balancer replay [none]
              --flight-memory MB      what is kept for that and for SIGUSR2, 0 to 1024 [4]
              --compat                timers and policies of mname-balancer (docs/adr/0003)
              --version               version, commit, reactive data and platform
          -h, --help                  this text

        Commands:
          demo                        three backends of its own, ready to be asked
          status, tap, explain, top, drain and more
                                      to look at a running daemon, and to give it orders;
                                      balancer status --help tells

        Environment:
          LOG_LEVEL                   overrides --log-level
          NO_COLOR                    if not empty, text is not coloured

        Signals:
          SIGTERM, SIGINT             finish what is in flight, at most 5 s, and end;
                                      a second one ends at once
          SIGUSR1                     statistics to the log
          SIGUSR2                     a file of what came in lately, to --flight-recorder or
                                      the directory for temporary files

        Example:
          balancer -s /var/run/binder/sockets -b 192.0.2.53 -l warn

        Exit codes:
          0  ended by a signal, after what was in flight; help or version was told
          1  a bad argument, or an address or port that cannot be had (stderr says
             which); or a second signal cut the end short

        """;

    public const string Demo = """
        Starts three DNS backends of its own and balances between them on 127.0.0.1.

        Usage:
          balancer demo [-p PORT] [-l LEVEL] [--log-format FORMAT]

        Options:
          -p, --port PORT             port for UDP and TCP; another if it is in use [5300]
          -l, --log-level LEVEL       trace, debug, info, warn, error or fatal [warn]
              --log-format FORMAT     bunyan, json or text [text on a terminal, else bunyan]
          -h, --help                  this text

        Environment:
          LOG_LEVEL                   overrides --log-level
          NO_COLOR                    if not empty, text is not coloured

        Example:
          balancer demo -p 5400

        Exit codes:
          0  ended by a signal; help was told
          1  a bad argument, or no port to be had (stderr says which); or a second
             signal cut the end short

        """;
}
