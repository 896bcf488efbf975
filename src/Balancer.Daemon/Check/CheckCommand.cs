// CHECK: would it start, and would it serve? Asked before a restart, of the same flags and the same
// file; changes nothing. What is found is a line each:
//
//   ok    as it should be
//   note  worth knowing: the balancer would start, and serve as soon as it can
//   bad   it would not start, or not serve: the exit code is 1
//
// It looks at what can be seen from outside: the settings, the addresses and ports, the directory,
// each backend (a connection, HELLO, and good-bye: what a balancer that starts does, too), the
// control socket. Not promised: that all is still so a moment later, nor that the user who checks
// may what the daemon's user may.

using System.CommandLine;
using Balancer.Daemon.Native;
using Balancer.Daemon.Settings;

namespace Balancer.Daemon.Check;

/// <summary><c>balancer check [--config FILE] [OPTION]...</c></summary>
internal static class CheckCommand
{
    /// <summary>For the command line.</summary>
    public static Command Of(Surroundings world)
    {
        var options = new ConfiguredOptions();
        var schema = new Option<bool>("--schema") { Arity = ArgumentArity.Zero };
        var command = new Command("check") { schema };
        options.AddTo(command);
        command.Add(Telling.Option("--help", ["-h"], CommandLineHelp.Check));
        command.SetAction(parsed => Written(world, () => parsed.GetValue(schema)
            ? Print(SettingsSchema.Text(), world)
            : Run(options.Of(parsed, world), world)));
        return command;
    }

    private static int Run(Configured configured, Surroundings world)
    {
        var (options, refusals) = configured.Read();
        if (options is null)
        {
            foreach (var refusal in refusals)
                world.Error.WriteLine(CommandLineRefusal.Line(refusal));
            return CommandLineRefusal.ExitCode;
        }
        var isBad = false;
        foreach (var finding in Findings(options))
        {
            isBad |= finding.Kind is FindingKind.Bad;
            world.Output.WriteLine($"{finding}");
        }
        return isBad ? CommandLineRefusal.ExitCode : 0;
    }

    private static IEnumerable<Finding> Findings(DaemonOptions options) =>
    [
        .. Settled(options),
        .. Listening.Look(options),
        .. Backends.Look(options),
        .. Doors.Look(options.Door),
    ];

    private static IEnumerable<Finding> Settled(DaemonOptions options)
    {
        if (options.Configured?.File is { } file)
            yield return Finding.Ok($"{file} can be read");
        var usual = new DaemonOptions { Log = options.Log };
        foreach (var setting in SettingsTable.All)
        {
            var value = setting.Show(options);
            if (value != setting.Show(usual))
                yield return Finding.Ok($"{setting.Key} would be {value}");
        }
    }

    private static int Print(string text, Surroundings world)
    {
        world.Output.Write(text);
        return 0;
    }

    private static int Written(Surroundings world, Func<int> write)
    {
        try
        {
            return write();
        }
        catch (IOException e) when (e.HResult == (int)Errno.EPIPE)
        {
            // Whoever read our output has closed it (balancer check | head).
            return CommandLineRefusal.ExitCode;
        }
        catch (IOException e)
        {
            world.Error.WriteLine(CommandLineRefusal.Line(e.Message));
            return CommandLineRefusal.ExitCode;
        }
    }
}
