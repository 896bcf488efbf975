using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Balancer.Daemon.Settings;

/// <summary>
/// JSON with comments and trailing commas, into values that know their lines. A key that is given
/// twice is refused: one of the two would be passed over.
/// </summary>
internal static class ConfigParser
{
    private const int Depth = 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The object that the file is.</summary>
    /// <exception cref="ConfigException">It is none.</exception>
    public static ConfigNode Parse(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        if (!Utf8.IsValid(text))
            throw new ConfigException(0, "not a text in UTF-8");
        var reader = new Utf8JsonReader(text, new()
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = Depth,
        });
        try
        {
            var lines = new Lines(text);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
                throw new ConfigException(lines.Of(in reader), "not an object: no \"{\"");
            var root = Value(ref reader, ref lines);
            // What follows is refused by the reader, unless it is a comment.
            while (reader.Read())
            {
            }
            return root;
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split(" LineNumber", 2)[0];
            throw new ConfigException((int)(e.LineNumber ?? 0) + 1, $"not JSON: {reason}");
        }
    }

    private static ConfigNode Value(ref Utf8JsonReader reader, ref Lines lines)
    {
        var line = lines.Of(in reader);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => new(JsonValueKind.Object, "", line)
            {
                Members = Members(ref reader, ref lines),
            },
            JsonTokenType.StartArray => new(JsonValueKind.Array, "", line)
            {
                Items = Items(ref reader, ref lines),
            },
            JsonTokenType.String => new(JsonValueKind.String, Text(in reader, line), line),
            JsonTokenType.Number => new(JsonValueKind.Number, Raw(in reader), line),
            JsonTokenType.True => new(JsonValueKind.True, "true", line),
            JsonTokenType.False => new(JsonValueKind.False, "false", line),
            _ => new(JsonValueKind.Null, "null", line),
        };
    }

    private static List<ConfigMember> Members(ref Utf8JsonReader reader, ref Lines lines)
    {
        var members = new List<ConfigMember>();
        var first = new Dictionary<string, int>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
        {
            var line = lines.Of(in reader);
            var key = Text(in reader, line);
            if (!first.TryAdd(key, line))
                throw new ConfigException(line, $"{key}: given before, in line {first[key]}");
            reader.Read();
            members.Add(new(key, line, Value(ref reader, ref lines)));
        }
        return members;
    }

    private static List<ConfigNode> Items(ref Utf8JsonReader reader, ref Lines lines)
    {
        var items = new List<ConfigNode>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            items.Add(Value(ref reader, ref lines));
        return items;
    }

    private static string Text(in Utf8JsonReader reader, int line)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ConfigException(line, "not a text: half a character (\\ud800 to \\udfff)");
        }
    }

    private static string Raw(in Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.ValueSpan);

    // Tokens come in order, so each line is counted once.
    private ref struct Lines(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at, _line = 1;

        public int Of(in Utf8JsonReader reader)
        {
            var at = (int)reader.TokenStartIndex;
            _line += _text[_at..at].Count((byte)'\n');
            _at = at;
            return _line;
        }
    }
}
