// THE TABLE: every setting that there is, in the order in which people are told of them. The parts:
// who is served and by whom (Service, Backends, Affinity), how it can be looked at (Looking), what
// clients may do (Clients), and what only a file says: the core's timers and limits (Sessions,
// Remotes, Streams).

using System.Net;
using System.Runtime.CompilerServices;
using Balancer.Rx;

namespace Balancer.Daemon.Settings;

/// <summary>All settings.</summary>
internal static partial class SettingsTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. from setting in (Setting[])
               [
                   .. Service, .. Backends, .. Affinity, .. Clients, .. Looking, .. Sessions,
                   .. Remotes, .. Streams,
               ]
           select WhileRunning.Contains(setting.Name)
               ? setting with { TakesHold = TakesHold.ByReload }
               : setting,
    ];

    /// <summary>Those that the command line has.</summary>
    public static IEnumerable<Setting> Flags => All.Where(setting => setting.IsFlag);

    /// <summary>The row of this name.</summary>
    public static Setting Named(string name) => All.Single(setting => setting.Name == name);

    /// <summary>These options, with whatever can change while we run as in those that are wanted.
    /// </summary>
    public static DaemonOptions Reloaded(DaemonOptions now, DaemonOptions wanted) => All
        .Where(setting => setting.TakesHold is TakesHold.ByReload
            && setting.Show(now) != setting.Show(wanted))
        .Aggregate(now, (so, setting) => setting.Copy(so, wanted));

    private static IEnumerable<Setting> Service =>
    [
        new SingleSetting<string>
        {
            Name = "socket-directory", Letter = "-s", Word = "DIR",
            Text = "where the backends' AF_UNIX sockets are; required",
            Values = Words.Texts(CommandLineValues.ExistingDirectory, ""),
            Get = options => options.Core.SocketDirectory,
            Put = (options, path) => options.WithCore(core => core with { SocketDirectory = path }),
            Otherwise = "",
        },
        new SeveralSetting<IPAddress>
        {
            Name = "bind", Letter = "-b", Word = "IP",
            Text = "IPv4 address to listen on",
            Values = Words.Texts(CommandLineValues.Address, "", FourNumbers),
            Get = options => options.Addresses,
            Put = (options, addresses) => options with { Addresses = addresses },
        },
        new SingleSetting<int>
        {
            Name = "port", Letter = "-p", Word = "PORT",
            Text = "port for UDP and TCP",
            Values = Words.Numbers("a port", 1, IPEndPoint.MaxPort),
            Get = options => options.Port,
            Put = (options, port) => options with { Port = port },
        },
        new SingleSetting<int>
        {
            Name = "loops", Word = "N",
            Text = "threads that share the clients",
            Values = Words.Numbers("a number of loops", 1, 64),
            Get = options => options.Loops,
            Put = (options, loops) => options with { Loops = loops },
        },
        new SingleSetting<Account?>
        {
            Name = "user", Word = "USER",
            Text = "whom to be once all is bound, for root",
            Values = Words.Texts<Account?>(
                CommandLineValues.Account, "", write: account => account?.Name ?? "none"),
            Get = options => options.User,
            Put = (options, account) => options with { User = account },
        },
        new SwitchSetting
        {
            Name = "writable-directory", Word = "",
            Text = "serve although everybody may write to DIR",
            Get = options => options.WritableDirectory,
            Put = (options, on) => options with { WritableDirectory = on },
        },
        new SwitchSetting
        {
            Name = "compat", Word = "",
            Text = "timers and policies of mname-balancer (docs/adr/0003)",
            Get = options => options.IsCompat,
            Put = (options, on) => options with
            {
                IsCompat = on,
                Core = on ? BalancerOptions.Compat : BalancerOptions.Default,
            },
            IsBase = true,
        },
    ];

    private const string FourNumbers = "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$";

    private static SingleSetting<T> Core<T>(
        string name, string text, Values<T> values, Func<BalancerOptions, T> get,
        Func<BalancerOptions, T, BalancerOptions> put,
        [CallerArgumentExpression(nameof(get))] string got = "") => new()
        {
            Name = name,
            Member = MemberOf(got),
            Text = text,
            Values = values,
            Get = options => get(options.Core),
            Put = (options, value) => options.WithCore(core => put(core, value)),
        };

    private static SwitchSetting Core(
        string name, string text, Func<BalancerOptions, bool> get,
        Func<BalancerOptions, bool, BalancerOptions> put,
        [CallerArgumentExpression(nameof(get))] string got = "") => new()
        {
            Name = name,
            Member = MemberOf(got),
            Text = text,
            Get = options => get(options.Core),
            Put = (options, on) => options.WithCore(core => put(core, on)),
        };

    // Of "core => core.ListEvery", what stands behind the last dot.
    private static string MemberOf(string got) => got[(got.LastIndexOf('.') + 1)..];

    private static DaemonOptions WithCore(
        this DaemonOptions options, Func<BalancerOptions, BalancerOptions> change) =>
        options with { Core = change(options.Core) };
}
