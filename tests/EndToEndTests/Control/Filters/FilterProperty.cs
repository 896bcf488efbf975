using System.Globalization;
using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Filters;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Control.Filters;

public sealed class FilterProperty
{
    static readonly string[] Scraps =
    [
        "kind", "backend", "client", "latency", "==", "!=", ">", "<=", "&&", "||", "!", "(", ")",
        " ", "5302", "50ms", "query", "10.0.0.0/8", "&", "|", "=", "\0", "\n", "é", "\"", "9e9s",
    ];

    static readonly Gen<string> Soup =
        Gen.Int[0, Scraps.Length - 1].Select(i => Scraps[i]).Array[0, 40].Select(string.Concat);

    [Fact]
    public void What_is_printed_reads_the_same() => Some.Filters.Sample(filter =>
        Skipped(filter) || filter == Read($"{filter}"));

    [Fact]
    public void Spaces_do_not_matter() => Some.Filters.Sample(filter => Skipped(filter)
        || filter == Read($"{filter}".Replace("==", "  == ", StringComparison.Ordinal)
            .Replace("(", "( ", StringComparison.Ordinal)));

    [Fact]
    public void A_predicate_agrees_with_a_plain_reading_of_the_words() =>
        Gen.Select(Some.Filters, Some.Facts.Array[20]).Sample((filter, facts) =>
        {
            var predicate = filter.Compile();
            return facts.All(fact => predicate(fact) == Plainly(filter, fact));
        });

    [Fact]
    public void What_may_not_pass_a_datagram_never_does() =>
        Gen.Select(Some.Filters, Some.Facts.Array[20]).Sample((filter, facts) =>
        {
            var (may, predicate) = (filter.MayPassDatagrams(), filter.Compile());
            return may || !facts.Any(fact => predicate(fact with
            {
                Kind = (FactKind)((int)fact.Kind % 4),
                Protocol = Transport.Udp,
            }));
        });

    [Fact]
    public void No_text_throws_and_what_is_not_read_has_one_sentence() =>
        Gen.OneOf(Soup, Gen.String).Sample(text =>
        {
            var isRead = FilterParser.TryParse(text, out var filter, out var error);
            return isRead ? filter is not null && error is null : IsSentence(error);
        });

    [Fact]
    public void A_filter_with_one_character_too_few_or_other_does_not_throw() =>
        Gen.Select(Some.Filters, Gen.Int[0, 1_000], Gen.Char).Sample((filter, at, other) =>
        {
            var text = $"{filter}";
            var cut = text.Remove(at % text.Length, 1);
            _ = FilterParser.TryParse(cut, out _, out var one);
            _ = FilterParser.TryParse(
                cut.Insert(at % text.Length, $"{other}"), out _, out var two);
            return (one is null || IsSentence(one)) && (two is null || IsSentence(two));
        });

    [Fact]
    public void Any_datagram_may_pass_what_the_default_is_without_a_kind() =>
        Assert.True(Filter.Default.MayPassDatagrams());

    static bool IsSentence(string? error) =>
        error is { Length: > 10 and < 1_500 } && error.All(c => c is >= ' ' and <= '~');

    // The longest ones are over the limit, which is not what is asked here.
    static bool Skipped(Filter filter) => $"{filter}".Length > Filter.MaxLength - 200;

    static Filter Read(string text)
    {
        Assert.True(FilterParser.TryParse(text, out var filter, out var error), error);
        return filter;
    }

    // By names and texts, as a reader would.
    static bool Plainly(Filter filter, FactFields fact)
    {
        var view = FactView.Of(0, DateTime.UnixEpoch, fact);
        return filter switch
        {
            Filter.Or or => Plainly(or.Left, fact) | Plainly(or.Right, fact),
            Filter.And and => Plainly(and.Left, fact) & Plainly(and.Right, fact),
            Filter.Not not => !Plainly(not.Inner, fact),
            Filter.From from => view.Client is { } client
                && IsIn(client, $"{from.Network}") == from.IsIn,
            Filter.Compare { Field: FilterField.Backend } c => view.Backend is { } backend
                && Holds(backend.CompareTo((int)c.Value), c.Operator),
            Filter.Compare { Field: FilterField.Latency } c => view.LatencyMs is { } latency
                && Holds(
                    ((decimal)latency).CompareTo((decimal)c.Value / 10_000), c.Operator),
            Filter.Compare c => Word(view, c.Field) is { } word
                && Holds(string.CompareOrdinal(word, Value(c)), c.Operator),
            _ => throw new InvalidOperationException(),
        };
    }

    static string? Word(FactView view, FilterField field) => field switch
    {
        FilterField.Kind => view.Kind,
        FilterField.Protocol => view.Protocol,
        _ => view.Outcome,
    };

    static string Value(Filter.Compare compare) =>
        $"{compare}"[($"{compare}".LastIndexOf('=') + 1)..];

    static bool Holds(int sign, FilterOperator comparing) => comparing switch
    {
        FilterOperator.Is => sign == 0,
        FilterOperator.IsNot => sign != 0,
        FilterOperator.Above => sign > 0,
        FilterOperator.AtLeast => sign >= 0,
        FilterOperator.Below => sign < 0,
        _ => sign <= 0,
    };

    static bool IsIn(string address, string network)
    {
        var parts = network.Split('/');
        var bits = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return Bits(address)[..bits] == Bits(parts[0])[..bits];
    }

    static string Bits(string address) => string.Concat(address.Split('.').Select(number =>
        Convert.ToString(byte.Parse(number, CultureInfo.InvariantCulture), 2).PadLeft(8, '0')));
}
