using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Settings;

/// <summary>What the value of a setting may be: how it is read, written and described.</summary>
/// <typeparam name="T">What it is read into.</typeparam>
/// <param name="Read">From text; the reason of a refusal does not name the setting.</param>
/// <param name="Write">To text, as it is read.</param>
/// <param name="Allowed">What is allowed, for people; empty: anything.</param>
/// <param name="Schema">The same for programs.</param>
/// <param name="Kinds">What it may be in JSON; text is read from all of them.</param>
internal sealed record Values<T>(
    Func<string, Reading<T>> Read, Func<T, string> Write, string Allowed, Func<JsonObject> Schema,
    params JsonValueKind[] Kinds)
{
    /// <summary>The value that a file gives for this key.</summary>
    public T Of(ConfigNode node, string key)
    {
        var reading = Kinds.Contains(node.Kind)
            ? Read(node.Text)
            : new Refusal($"not {string.Join(" or ", Kinds.Select(Named).Distinct())}"
                + (Allowed.Length == 0 ? "" : $" ({Allowed})"));
        return reading.Refused is { } reason
            ? throw new ConfigException(node.Line, $"{key} {node.Shown}: {reason}")
            : reading.Value;
    }

    private static string Named(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text in quotes",
        _ => "true or false",
    };
}

/// <summary>Values of the common kinds.</summary>
internal static class Words
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>A year, in milliseconds: longer than anything lasts here.</summary>
    private const long Longest = 31_536_000_000;

    /// <summary>On or off; in the file, true or false.</summary>
    public static Values<bool> OnOrOff { get; } = new(
        text => text == "true", on => on ? "true" : "false", "true or false",
        () => new() { ["type"] = "boolean" },
        JsonValueKind.True, JsonValueKind.False);

    /// <summary>Bunyan's levels (C4).</summary>
    public static Values<LogLevel> LogLevels { get; } = Choice(
        "a level", ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Info),
        ("warn", LogLevel.Warn), ("error", LogLevel.Error), ("fatal", LogLevel.Fatal));

    /// <summary>Users, by name or number.</summary>
    public static Values<uint> Users { get; } = new(
        CommandLineValues.User, id => global::Balancer.Daemon.Users.OfSystem.NameOf(id), "",
        () => new() { ["type"] = new JsonArray("string", "integer") },
        JsonValueKind.String, JsonValueKind.Number);

    /// <summary>Whole numbers, digits and nothing else.</summary>
    /// <param name="what">What one is, with its article.</param>
    /// <param name="least">The least.</param>
    /// <param name="most">The most.</param>
    public static Values<int> Numbers(string what, int least, int most) => new(
        text => CommandLineValues.Number(text, what, most, least),
        number => number.ToString(CultureInfo.InvariantCulture),
        $"{least} to {most}",
        () => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most },
        JsonValueKind.Number);

    /// <summary>Powers of two.</summary>
    public static Values<int> Powers(string what, int least, int most) => new(
        text => CommandLineValues.Number(text, what, most, least) is { Refused: null } number
            ? int.IsPow2(number.Value) ? number : new Refusal("not a power of two")
            : CommandLineValues.Number(text, what, most, least),
        number => number.ToString(CultureInfo.InvariantCulture),
        $"a power of two, {least} to {most}",
        () => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most },
        JsonValueKind.Number);

    /// <summary>Numbers with or without a fraction.</summary>
    /// <param name="what">What one is, with its article.</param>
    /// <param name="most">The most; the least is 0.</param>
    /// <param name="parts">What makes 1 in the options: 100 for percents.</param>
    public static Values<double> Fractions(string what, double most, double parts = 1) => new(
        text => double.TryParse(
                text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given)
            && given <= most
                ? given / parts
                : new Refusal($"not {what} (0 to {Told(most)})"),
        number => Told(Math.Round(number * parts, 9)),
        $"0 to {Told(most)}",
        () => new() { ["type"] = "number", ["minimum"] = 0, ["maximum"] = most },
        JsonValueKind.Number);

    /// <summary>One of a few words.</summary>
    public static Values<T> Choice<T>(string what, params (string Word, T Value)[] choices) => new(
        text => choices.Where(choice => choice.Word == text).ToArray() is [var found]
            ? found.Value
            : new Refusal(what.Length == 0
                ? $"not {List(choices)}"
                : $"not {what} ({List(choices)})"),
        value => choices.FirstOrDefault(choice => Equals(choice.Value, value)).Word ?? "none",
        List(choices),
        () => new()
        {
            ["enum"] = new JsonArray([.. choices.Select(
                choice => (JsonNode)JsonValue.Create(choice.Word))]),
        },
        JsonValueKind.String);

    /// <summary>Times: a whole number and its unit, as 250ms, 5s, 1m or 1h.</summary>
    /// <param name="least">The least, as it is written.</param>
    /// <param name="most">The most.</param>
    public static Values<TimeSpan> Times(string least, string most)
    {
        var (from, to) = (Time(least)!.Value, Time(most)!.Value);
        return new(
            text => Time(text) is { } time && time >= from && time <= to
                ? time
                : new Refusal($"not a time (as 250ms, 5s, 1m or 1h) from {least} to {most}"),
            Written, $"{least} to {most}",
            () => new() { ["type"] = "string", ["pattern"] = "^[0-9]{1,9}(ms|s|m|h)$" },
            JsonValueKind.String);
    }

    /// <summary>Times that a flag of old takes as a number of seconds.</summary>
    public static Values<TimeSpan> Seconds(int least, int most)
    {
        var times = Times($"{least}s", $"{most}s");
        return new(
            text => times.Read(text) is { Refused: null } time
                ? time
                : CommandLineValues.Number(text, "a number of seconds", most, least) is var number
                    && number.Refused is { } reason
                        ? new Refusal(reason)
                        : TimeSpan.FromSeconds(number.Value),
            Written, $"{least} to {most} seconds",
            () => new()
            {
                ["anyOf"] = new JsonArray(
                    times.Schema(), Numbers("", least, most).Schema()),
            },
            JsonValueKind.Number, JsonValueKind.String);
    }

    /// <summary>Texts of another shape.</summary>
    /// <param name="read">From text.</param>
    /// <param name="allowed">What is allowed, for people.</param>
    /// <param name="pattern">The same as a regular expression, or less; null: anything.</param>
    /// <param name="write">To text; null: as it is, or none.</param>
    public static Values<T> Texts<T>(
        Func<string, Reading<T>> read, string allowed, string? pattern = null,
        Func<T, string>? write = null) => new(
            read, write ?? (value => value?.ToString() ?? "none"), allowed,
            () => pattern is null
                ? new() { ["type"] = "string" }
                : new() { ["type"] = "string", ["pattern"] = pattern },
            JsonValueKind.String);

    private static TimeSpan? Time(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var each = Units.FirstOrDefault(unit => unit.Unit == text[digits..]).Milliseconds;
        return each > 0
            && int.TryParse(
                text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= Longest / each
                ? TimeSpan.FromMilliseconds(number * each)
                : null;
    }

    private static string Written(TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        var (unit, each) = milliseconds == 0
            ? ("s", 1L)
            : Units.First(unit => milliseconds % unit.Milliseconds == 0);
        return $"{milliseconds / each}{unit}";
    }

    private static string Told(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string List<T>((string Word, T Value)[] choices) =>
        string.Join(", ", choices.SkipLast(1).Select(choice => choice.Word))
        + (choices.Length > 1 ? " or " : "") + choices[^1].Word;
}
