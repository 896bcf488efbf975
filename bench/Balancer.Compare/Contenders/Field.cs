using System.Globalization;
using Balancer.Compare.Running;

namespace Balancer.Compare.Contenders;

/// <summary>The contenders there are. Each has one thread that carries UDP.</summary>
sealed class Field(Tools tools)
{
    public const string LimitName = "limit";
    public const string BalancerName = "balancer";
    public const string DnsdistName = "dnsdist";
    public const string NginxName = "nginx";

    public Contender Limit { get; } = new(
        LimitName,
        "the yardstick: the least that a forwarder of this shape can do, in C; system calls and "
            + "copies, no tables, no timers, no TCP",
        Behind.Sockets,
        place => new(tools.Limit, place.Sockets, "127.0.0.1", Text(place.Port)));

    public Contender Balancer { get; } = OfBalancer(BalancerName, "the native executable", tools);

    /// <summary>It remembers a million clients; the default is a quarter of that.</summary>
    public Contender Remembering { get; } = OfBalancer(
        BalancerName, "the same with --max-remotes 1100000", tools, "--max-remotes", "1100000");

    public Contender Dnsdist { get; } = new(
        DnsdistName,
        "one UDP listener, four backends over UDP and TCP, its default policy (leastOutstanding), "
            + "no cache, no console",
        Behind.Ports,
        place => new(
            "dnsdist", "--supervised", "--disable-syslog",
            "-C", Write(place, "dnsdist.conf", Lua)));

    public Contender Nginx { get; } = new(
        NginxName,
        "stream proxy, one worker, UDP and TCP, four backends by consistent hash of the client's "
            + "address, one response per datagram",
        Behind.Ports,
        place => new("nginx", "-p", place.Directory, "-e", "stderr",
            "-c", Write(place, "nginx.conf", NginxConfiguration)));

    public IReadOnlyList<Contender> All => [Limit, Balancer, Dnsdist, Nginx];

    /// <summary>The balancer with arguments beyond those it always needs.</summary>
    public static Contender OfBalancer(
        string name, string description, Tools tools, params string[] more) => new(
        name,
        description,
        Behind.Sockets,
        place => new(
            tools.Balancer,
            ["-s", place.Sockets, "-b", "127.0.0.1", "-p", Text(place.Port), .. more]));

    static string Lua(Place place) => $"""
        addLocal("127.0.0.1:{place.Port}", {"{"}reusePort=false{"}"})
        setACL("127.0.0.0/8")
        setSecurityPollSuffix("")
        setMaxUDPOutstanding(65535)
        {string.Join('\n', place.Backends.Select(port => $"newServer(\"127.0.0.1:{port}\")"))}
        """;

    static string NginxConfiguration(Place place) => $$"""
        daemon off;
        user root;
        worker_processes 1;
        worker_rlimit_nofile 65536;
        pid {{place.Directory}}/nginx.pid;
        error_log stderr crit;
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        events { worker_connections 32768; }
        stream {
            upstream backends {
                hash $remote_addr consistent;
                {{string.Concat(place.Backends.Select(port => $"server 127.0.0.1:{port}; "))}}
            }
            server {
                listen 127.0.0.1:{{place.Port}} udp;
                proxy_pass backends;
                proxy_responses 1;
                proxy_timeout 1s;
            }
            server {
                listen 127.0.0.1:{{place.Port}} backlog=4096;
                proxy_pass backends;
                proxy_timeout 5s;
            }
        }
        """;

    static string Write(Place place, string name, Func<Place, string> content)
    {
        var path = Path.Combine(place.Directory, name);
        File.WriteAllText(path, content(place));
        return path;
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
