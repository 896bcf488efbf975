using System.Text.Json;

namespace Balancer.Daemon.Settings;

/// <summary>What is wrong with a configuration file.</summary>
/// <param name="line">The line, from 1; 0: the file as a whole.</param>
/// <param name="reason">For people: key, value, reason.</param>
internal sealed class ConfigException(int line, string reason) : Exception(reason)
{
    /// <summary>The line, from 1; 0: the file as a whole.</summary>
    public int Line { get; } = line;
}

/// <summary>A value of the file, and the line in which it begins.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a number, what was written; of a text, the text.</param>
/// <param name="Line">From 1.</param>
internal sealed record ConfigNode(JsonValueKind Kind, string Text, int Line)
{
    private const int MostShown = 80;

    /// <summary>Of a list: its values.</summary>
    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    /// <summary>Of an object: its members, in their order, none twice.</summary>
    public IReadOnlyList<ConfigMember> Members { get; init; } = [];

    /// <summary>Whether it is a list.</summary>
    public bool IsList => Kind is JsonValueKind.Array;

    /// <summary>For a refusal.</summary>
    public string Shown => Kind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        JsonValueKind.String => $"\"{Shortened}\"",
        _ => Shortened,
    };

    private string Shortened => Text.Length > MostShown ? $"{Text[..MostShown]}…" : Text;
}

/// <summary>A member of an object.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Line">Where the key stands, from 1.</param>
/// <param name="Value">Its value.</param>
internal sealed record ConfigMember(string Key, int Line, ConfigNode Value);
