namespace Balancer.Daemon.Narration;

/// <summary>How much is told; the numbers are bunyan's (C4).</summary>
internal enum LogLevel
{
    /// <summary>Each heartbeat.</summary>
    Trace = 10,

    /// <summary>What happens per client.</summary>
    Debug = 20,

    /// <summary>The life of backends, and a summary a minute.</summary>
    Info = 30,

    /// <summary>What an operator may want to look at.</summary>
    Warn = 40,

    /// <summary>What takes service from somebody.</summary>
    Error = 50,

    /// <summary>What ends the process.</summary>
    Fatal = 60,
}

/// <summary>The shape of a line.</summary>
internal enum LogFormat
{
    /// <summary>JSON as the original wrote it, for the <c>bunyan</c> program and its kin.</summary>
    Bunyan,

    /// <summary>Serilog's compact JSON.</summary>
    Json,

    /// <summary>For people.</summary>
    Text,

    /// <summary>For systemd's journal, with priorities.</summary>
    Journal,
}

/// <summary>How to log.</summary>
/// <param name="Level">The lowest level that is told.</param>
/// <param name="Format">The shape of a line.</param>
/// <param name="Colours">Whether text may be coloured.</param>
internal sealed record LogOptions(
    LogLevel Level = LogLevel.Info, LogFormat Format = LogFormat.Bunyan, bool Colours = false);
