// FILTERS: which facts a reader wants, in a small closed language.
//
//   backend==5302 && latency>50ms
//   kind==backend-faulted || outcome!=answered && client==10.0.0.0/8
//   !(protocol==tcp)
//
//   filter     = both { "||" both }
//   both       = one { "&&" one }
//   one        = "!" one | "(" filter ")" | comparison
//   comparison = field operator value
//
// Fields are kind, backend, client (an address or a network), protocol (udp, tcp), outcome and
// latency (a number with s, ms or us). Operators are == and !=, and > >= < <= for backend and
// latency, which are numbers. A comparison with a field that a fact does not have does not hold,
// whatever its operator; "!" turns that round.
//
// A filter is at most MaxLength characters long and MaxDepth deep, so reading and asking it are
// bounded. It is compiled once, and asked on the loop, before anything is copied. Not promised:
// anything about what a client asked for; facts do not know it.

using Balancer.Rx;

namespace Balancer.Daemon.Control.Filters;

/// <summary>What a comparison looks at.</summary>
internal enum FilterField
{
    /// <summary>A word of <see cref="FactWords.Kinds"/>.</summary>
    Kind,

    /// <summary>A number.</summary>
    Backend,

    /// <summary>An address, or a network.</summary>
    Client,

    /// <summary>A word of <see cref="FactWords.Transports"/>.</summary>
    Protocol,

    /// <summary>A word of <see cref="FactWords.Outcomes"/>.</summary>
    Outcome,

    /// <summary>A duration.</summary>
    Latency,
}

/// <summary>How a comparison compares.</summary>
internal enum FilterOperator
{
    /// <summary><c>==</c></summary>
    Is,

    /// <summary><c>!=</c></summary>
    IsNot,

    /// <summary><c>&gt;</c></summary>
    Above,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&lt;</c></summary>
    Below,

    /// <summary><c>&lt;=</c></summary>
    AtMost,
}

/// <summary>A filter that has been understood. Printed, it can be read again.</summary>
internal abstract record Filter
{
    /// <summary>The most characters a filter may have.</summary>
    public const int MaxLength = 1_000;

    /// <summary>How deep parentheses and negations may be nested.</summary>
    public const int MaxDepth = 32;

    /// <summary>The fields' names by their numbers.</summary>
    public static readonly string[] Fields =
        [.. Enum.GetNames<FilterField>().Select(FactWords.WordOf)];

    /// <summary>The operators' signs by their numbers.</summary>
    public static readonly string[] Operators = ["==", "!=", ">", ">=", "<", "<="];

    private Filter() { }

    /// <summary>
    /// Of who says nothing: all but heartbeats, which would be most of what is seen on a calm day.
    /// </summary>
    public static Filter Default { get; } = new And(
        new Compare(FilterField.Kind, FilterOperator.IsNot, (long)FactKind.HeartbeatSent),
        new Compare(FilterField.Kind, FilterOperator.IsNot, (long)FactKind.HeartbeatAnswered));

    /// <summary>Either holds.</summary>
    public sealed record Or(Filter Left, Filter Right) : Filter
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Left} || {InParentheses(Right, Right is Or)}";
    }

    /// <summary>Both hold.</summary>
    public sealed record And(Filter Left, Filter Right) : Filter
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{InParentheses(Left, Left is Or)} && {InParentheses(Right, Right is Or or And)}";
    }

    /// <summary>It does not hold.</summary>
    public sealed record Not(Filter Inner) : Filter
    {
        /// <inheritdoc/>
        public override string ToString() => $"!{InParentheses(Inner, Inner is Or or And)}";
    }

    /// <summary>A field compared with a number: of a word, of a backend, or of ticks.</summary>
    public sealed record Compare(FilterField Field, FilterOperator Operator, long Value) : Filter
    {
        /// <inheritdoc/>
        public override string ToString() =>
            Fields[(int)Field] + Operators[(int)Operator] + FilterValues.TextOf(Field, Value);
    }

    /// <summary>The client is in this network, or not.</summary>
    public sealed record From(Network Network, bool IsIn = true) : Filter
    {
        /// <inheritdoc/>
        public override string ToString() => $"client{(IsIn ? "==" : "!=")}{Network}";
    }

    private static string InParentheses(Filter filter, bool needed) =>
        needed ? $"({filter})" : $"{filter}";
}
