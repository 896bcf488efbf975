namespace Balancer.Daemon.Check;

/// <summary>How bad it is.</summary>
internal enum FindingKind
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>It would not start, or not serve.</summary>
    Bad,
}

/// <summary>What a check has found.</summary>
/// <param name="Kind">How bad it is.</param>
/// <param name="Text">One line, for people.</param>
internal readonly record struct Finding(FindingKind Kind, string Text)
{
    public static Finding Ok(string text) => new(FindingKind.Ok, text);

    public static Finding Note(string text) => new(FindingKind.Note, text);

    public static Finding Bad(string text) => new(FindingKind.Bad, text);

    /// <summary>The line.</summary>
    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant(),-4}  {CommandLineRefusal.OneLine(Text)}";
}
