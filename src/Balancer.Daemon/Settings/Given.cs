namespace Balancer.Daemon.Settings;

/// <summary>Where a setting was given.</summary>
/// <param name="File">The file; null: the command line.</param>
/// <param name="Line">The line of the file, from 1; 0: the file as a whole.</param>
internal sealed record Origin(string? File, int Line)
{
    /// <summary>The command line.</summary>
    public static Origin Flags { get; } = new(null, 0);

    /// <summary>What the setting is called there.</summary>
    public string NameOf(Setting setting) =>
        File is null && setting.IsFlag ? setting.Flag : setting.Key;

    /// <summary>What goes before a reason.</summary>
    public string Before(string reason) => File is null ? reason
        : Line == 0 ? $"{File}: {reason}"
        : $"{File}:{Line}: {reason}";
}

/// <summary>A setting that was given.</summary>
/// <param name="Setting">Which.</param>
/// <param name="Change">What it does to the options.</param>
/// <param name="Origin">Where.</param>
internal sealed record Given(Setting Setting, Change Change, Origin Origin);
