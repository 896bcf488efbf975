using System.Diagnostics.CodeAnalysis;
using Balancer.Rx;

namespace Balancer.Daemon.Control.Filters;

/// <summary>
/// Reads filters, by recursive descent. What cannot be understood is refused with one sentence that
/// names the culprit, its position (from 1), and what is allowed there.
/// </summary>
internal sealed class FilterParser
{
    private const int MaxQuoted = 40;

    private readonly string _text;
    private int _at;
    private int _depth;
    private string? _error;

    private FilterParser(string text) => _text = text;

    /// <summary>A filter; false: not one, and why.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out Filter? filter, [NotNullWhen(false)] out string? error)
    {
        filter = null;
        error = text.Length <= Filter.MaxLength
            ? null
            : $"the filter has {text.Length} characters; at most {Filter.MaxLength} are allowed";
        if (error is not null)
            return false;
        var parser = new FilterParser(text);
        filter = parser.Whole();
        error = parser._error;
        return filter is not null;
    }

    private Filter? Whole()
    {
        var filter = Either();
        if (filter is null || AtEnd())
            return filter;
        return Refuse($"unexpected {Found()}; after a comparison only && and || can follow");
    }

    private Filter? Either()
    {
        var left = Both();
        while (left is not null && Take("||"))
            left = Both() is { } right ? new Filter.Or(left, right) : null;
        return left;
    }

    private Filter? Both()
    {
        var left = One();
        while (left is not null && Take("&&"))
            left = One() is { } right ? new Filter.And(left, right) : null;
        return left;
    }

    private Filter? One()
    {
        SkipSpaces();
        var start = _at;
        if (!Take("!") && !Take("("))
            return Comparison();
        if (++_depth > Filter.MaxDepth)
        {
            return Refuse($"\"{_text[start]}\" at {start + 1} is nested too deep; "
                + $"at most {Filter.MaxDepth} levels are allowed");
        }
        var inner = _text[start] == '!' ? Negation() : InParentheses(start);
        _depth--;
        return inner;
    }

    private Filter.Not? Negation() => One() is { } inner ? new Filter.Not(inner) : null;

    private Filter? InParentheses(int start)
    {
        var inner = Either();
        if (inner is null || Take(")"))
            return inner;
        return Refuse($"unexpected {Found()}; the \"(\" at {start + 1} wants a \")\" here, "
            + "or && or ||");
    }

    private Filter? Comparison()
    {
        SkipSpaces();
        var start = _at;
        var name = Word();
        if (name.Length == 0)
        {
            return Refuse($"unexpected {Found()}; a comparison begins with a field, "
                + $"and fields are {List(Filter.Fields)}");
        }
        var index = Array.IndexOf(Filter.Fields, name);
        if (index < 0)
        {
            return Refuse($"unknown field {Quoted(name)} at {start + 1}; "
                + $"fields are {List(Filter.Fields)}");
        }
        return Comparison((FilterField)index);
    }

    private Filter? Comparison(FilterField field)
    {
        SkipSpaces();
        var start = _at;
        if (!TryTakeOperator(out var comparing))
        {
            return Refuse($"unexpected {Found()}; after {Filter.Fields[(int)field]} comes one of "
                + List(OperatorsOf(field)));
        }
        if (comparing > FilterOperator.IsNot && !FilterValues.HasOrder(field))
        {
            return Refuse($"operator \"{Filter.Operators[(int)comparing]}\" at {start + 1} does "
                + $"not go with {Filter.Fields[(int)field]}; {List(OperatorsOf(field))} do");
        }
        SkipSpaces();
        start = _at;
        var value = Word();
        if (value.Length == 0)
            return Refuse($"unexpected {Found()}; here comes {Allowed(field)}");
        return field == FilterField.Client
            ? Client(value, start, comparing)
            : FilterValues.NumberOf(field, value) is { } number
            ? new Filter.Compare(field, comparing, number)
            : Refuse($"unknown {Filter.Fields[(int)field]} {Quoted(value)} at {start + 1}; "
                + $"here comes {Allowed(field)}");
    }

    private Filter? Client(string value, int start, FilterOperator comparing) =>
        Network.TryParse(value, out var network, out var reason)
            ? new Filter.From(network, comparing == FilterOperator.Is)
            : Refuse($"client {Quoted(value)} at {start + 1}: {reason}");

    private static string Allowed(FilterField field) => field switch
    {
        FilterField.Backend => "a backend's number, as 5302",
        FilterField.Client => "an address or a network, as 10.0.0.7 or 10.0.0.0/8",
        FilterField.Latency => "a number with s, ms or us, up to 3600s, as 50ms",
        _ => $"one of {List(FilterValues.WordsOf(field))}",
    };

    private static string[] OperatorsOf(FilterField field) =>
        FilterValues.HasOrder(field) ? Filter.Operators : Filter.Operators[..2];

    private bool TryTakeOperator(out FilterOperator comparing)
    {
        // Of two that begin alike the longer one is looked for first.
        foreach (var sign in Filter.Operators.OrderByDescending(sign => sign.Length))
        {
            comparing = (FilterOperator)Array.IndexOf(Filter.Operators, sign);
            if (Take(sign))
                return true;
        }
        comparing = default;
        return false;
    }

    private bool Take(string sign)
    {
        SkipSpaces();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
            return false;
        _at += sign.Length;
        return true;
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && IsOfWord(_text[_at]))
            _at++;
        return _text[start.._at];
    }

    private static bool IsOfWord(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/';

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
    }

    private bool AtEnd()
    {
        SkipSpaces();
        return _at == _text.Length;
    }

    // The word or the character at which reading has stopped.
    private string Found()
    {
        if (AtEnd())
            return $"end at {_at + 1}";
        var start = _at;
        var word = Word();
        return $"{Quoted(word.Length == 0 ? _text[start..(start + 1)] : word)} at {start + 1}";
    }

    private static string Quoted(string text)
    {
        var clean = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return clean.Length <= MaxQuoted ? $"\"{clean}\"" : $"\"{clean[..MaxQuoted]}...\"";
    }

    private static string List(string[] words) => string.Join(", ", words);

    private Filter? Refuse(string error)
    {
        _error ??= error;
        return null;
    }
}
