using System.CommandLine;

namespace Balancer.Daemon.Settings;

/// <summary>The options of a command that takes every setting, by flags and from a file.</summary>
internal sealed class ConfiguredOptions
{
    private readonly SettingOptions _flags = new(SettingsTable.Flags);
    private readonly Option<string?> _file =
        CommandLineOptions.Single<string?>("--config", null, null, path => path);

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        _flags.AddTo(command);
        command.Add(_file);
    }

    /// <summary>What was configured.</summary>
    public Configured Of(ParseResult parsed, Surroundings world) =>
        new(parsed.GetValue(_file), _flags.Given(parsed), world);
}

/// <summary>What an operator asked for: flags, and perhaps a file, which may change.</summary>
/// <param name="File">The path of the file; null: none.</param>
/// <param name="Flags">What the command line gives.</param>
/// <param name="World">The environment and the terminal.</param>
internal sealed record Configured(string? File, IReadOnlyList<Given> Flags, Surroundings World)
{
    /// <summary>
    /// The options as of now: the file is read each time. What is wrong is told in full, or as the
    /// one thing that is.
    /// </summary>
    public (DaemonOptions? Options, IReadOnlyList<string> Refusals) Read()
    {
        var text = File is { } path ? ConfigFile.Read(path) : null;
        if (text is { Refusals: [_, ..] refusals })
            return (null, refusals);
        var options = SettingsReader.Read(Flags, text?.Givens, World);
        return options.Refused is { } reason
            ? (null, [reason])
            : (options.Value with { Configured = this }, []);
    }
}
