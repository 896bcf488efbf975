// SETTINGS: what an operator can say, and by which name.
//
// There is one table (SettingsTable.cs), a row for each setting. From it come the flags and what
// --help says of them, the keys of the configuration file, its JSON schema and the table of
// docs/configuration.md; so they cannot say different things. A row has ONE name, in words with
// dashes: `max-tcp` is the flag --max-tcp and the key "maxTcp".
//
// A value is read from its text into a change of DaemonOptions, whoever wrote the text: a shell or
// a file. What a reader refuses it refuses for a reason that does not name the setting; who calls
// puts the culprit before it (--port 0, or the file, the line and the key).
//
// To add a setting: a property of DaemonOptions (or of what it holds), a row in the part of the
// table where it belongs; if it means nothing without another, a row in SettingRules.cs; then run
// the tests with BALANCER_WRITE=1, which writes the schema and the page anew.

using System.Text.Json.Nodes;

namespace Balancer.Daemon.Settings;

/// <summary>When a changed setting of the file takes hold.</summary>
internal enum TakesHold
{
    /// <summary>Only by an upgrade or a restart.</summary>
    ByRestart,

    /// <summary>As soon as the file is read again.</summary>
    ByReload,
}

/// <summary>How often a setting may be given.</summary>
internal enum SettingKind
{
    /// <summary>A later value replaces an earlier one.</summary>
    Single,

    /// <summary>Values gather; in the file: a list.</summary>
    Several,

    /// <summary>Given or not; in the file: true or false.</summary>
    Switch,
}

/// <summary>What a value does to the options.</summary>
internal delegate DaemonOptions Change(DaemonOptions options);

/// <summary>A row of the table.</summary>
internal abstract record Setting
{
    /// <summary>Its name: small words with dashes.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for: a phrase, without its range and its default.</summary>
    public required string Text { get; init; }

    /// <summary>The short flag, as <c>-p</c>; null: none.</summary>
    public string? Letter { get; init; }

    /// <summary>What stands for its value in --help, as <c>PORT</c>, or nothing for a switch; null:
    /// it is for the file alone.</summary>
    public string? Word { get; init; }

    /// <summary>When a changed value takes hold.</summary>
    public TakesHold TakesHold { get; init; }

    /// <summary>The default as people are told it; null: as the default value is shown.</summary>
    public string? Otherwise { get; init; }

    /// <summary>It chooses the defaults of others, so it goes before them.</summary>
    public bool IsBase { get; init; }

    /// <summary>The property of <see cref="Balancer.Rx.BalancerOptions"/> that it is; empty: it is
    /// none of the core's. The core names these when they do not agree.</summary>
    public string Member { get; init; } = "";

    /// <summary>How a flag's bad value is told; null: flag, value, reason.</summary>
    public Func<string, string, string>? Says { get; init; }

    /// <summary>The flag.</summary>
    public string Flag => $"--{Name}";

    /// <summary>Whether the command line has it.</summary>
    public bool IsFlag => Word is not null;

    /// <summary>The key of the file: the same name, in one word.</summary>
    public string Key => string.Concat(Name.Split('-').Select(
        (word, nth) => nth == 0 ? word : $"{char.ToUpperInvariant(word[0])}{word[1..]}"));

    /// <summary>How often it may be given.</summary>
    public abstract SettingKind Kind { get; }

    /// <summary>What a value may be, for people; empty: the text says it.</summary>
    public abstract string Allowed { get; }

    /// <summary>What is in force with these options, as text.</summary>
    public abstract string Show(DaemonOptions options);

    /// <summary>These options, with this setting as in those others.</summary>
    public abstract DaemonOptions Copy(DaemonOptions to, DaemonOptions from);

    /// <summary>What was given by flags, in their order.</summary>
    public abstract Reading<Change> OfTexts(IReadOnlyList<string> texts);

    /// <summary>What the file gives.</summary>
    /// <exception cref="ConfigException">It may not be that; the exception names the line.
    /// </exception>
    public abstract Change OfFile(ConfigNode node);

    /// <summary>What the schema says of its value.</summary>
    public abstract JsonObject Schema();

    /// <summary>Why a flag's value is refused.</summary>
    protected Refusal Refuse(string text, string? reason) => new(
        Says?.Invoke(text, reason!) ?? $"{Flag} {CommandLineValues.Shown(text)}: {reason}");
}
