using System.Net;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Settings;

// What people and programs see of it.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Looking =>
    [
        new SingleSetting<LogLevel>
        {
            Name = "log-level", Letter = "-l", Word = "LEVEL",
            Text = "the least that is told",
            Values = Words.LogLevels,
            Get = options => options.Log.Level,
            Put = (options, level) => options with { Log = options.Log with { Level = level } },
            Says = (text, _) => CommandLineValues.NotALevel(text),
        },
        new SingleSetting<LogFormat>
        {
            Name = "log-format", Word = "FORMAT",
            Text = "the shape of a line",
            Values = Words.Choice(
                "a format", ("bunyan", LogFormat.Bunyan), ("json", LogFormat.Json),
                ("text", LogFormat.Text), ("journal", LogFormat.Journal)),
            Get = options => options.Log.Format,
            Put = (options, format) => options with { Log = options.Log with { Format = format } },
            Otherwise = "text on a terminal, journal where systemd reads, else bunyan",
        },
        new SingleSetting<string?>
        {
            Name = "control", Word = "PATH",
            Text = "the socket to look in by, and to give orders; or off",
            Values = Words.Texts(CommandLineValues.ControlPath, "", "/|^off$"),
            Get = options => options.Door.IsOff ? CommandLineValues.Off : options.Door.Path,
            Put = (options, path) => options with
            {
                Door = options.Door with { Path = path, IsOff = path == CommandLineValues.Off },
            },
            Otherwise = "/run/balancer/control.sock if that can be had",
        },
        new SingleSetting<IPEndPoint?>
        {
            Name = "http", Word = "IP:PORT",
            Text = "the same by TCP, to look only; on a loopback address",
            Values = Words.Texts(
                CommandLineValues.Endpoint, "", "^[0-9]{1,3}(\\.[0-9]{1,3}){3}:[0-9]{1,5}$"),
            Get = options => options.Door.Http,
            Put = (options, http) => options with { Door = options.Door with { Http = http } },
        },
        new SwitchSetting
        {
            Name = "http-anywhere", Word = "",
            Text = "--http on an address that others can reach",
            Get = options => options.Door.IsAnywhere,
            Put = (options, on) => options with { Door = options.Door with { IsAnywhere = on } },
        },
        new SingleSetting<string?>
        {
            Name = "flight-recorder", Word = "DIR",
            Text = "when a backend faults, write here what came in before: a file for balancer "
                + "replay",
            Values = Words.Texts(CommandLineValues.FlightDirectory, ""),
            Get = options => options.Flight.Directory,
            Put = (options, path) => options with
            {
                Flight = options.Flight with { Directory = path },
            },
        },
        new SingleSetting<int>
        {
            Name = "flight-memory", Word = "MB",
            Text = "MiB that are kept for that and for SIGUSR2",
            Values = Words.Numbers("a number of MiB", 0, 1_024),
            Get = options => options.Flight.Megabytes,
            Put = (options, size) => options with
            {
                Flight = options.Flight with { Megabytes = size },
            },
        },
        new ObjectSetting
        {
            Name = "hooks",
            Text = "programs to run and addresses to call on up, down, drained, ready, not-ready",
            Read = HookReader.Read,
            Write = HookReader.Write,
            Describe = HookReader.Schema,
            TakesHold = TakesHold.ByReload,
            Take = (to, from) => to with { Hooks = from.Hooks },
        },
    ];
}
