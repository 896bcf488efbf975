namespace Balancer.Daemon.Control.Filters;

/// <summary>Whether a fact passes.</summary>
internal delegate bool FilterPredicate(in FactFields fact);

/// <summary>Makes predicates of filters, and tells what they can be true of.</summary>
internal static class FilterPredicates
{
    private static readonly FactKind[] OfDatagrams =
        [FactKind.Query, FactKind.QueryParked, FactKind.QueryReplayed, FactKind.StrayAnswer];

    /// <summary>The predicate of a filter.</summary>
    public static FilterPredicate Compile(this Filter filter)
    {
        switch (filter)
        {
            case Filter.Or { Left: var left, Right: var right }:
                var (a, b) = (left.Compile(), right.Compile());
                return (in FactFields fact) => a(fact) || b(fact);
            case Filter.And { Left: var left, Right: var right }:
                var (c, d) = (left.Compile(), right.Compile());
                return (in FactFields fact) => c(fact) && d(fact);
            case Filter.Not { Inner: var inner }:
                var not = inner.Compile();
                return (in FactFields fact) => !not(fact);
            case Filter.From from:
                return OfClient(from);
            case Filter.Compare compare:
                return OfField(compare);
            default:
                throw new ArgumentOutOfRangeException(nameof(filter));
        }
    }

    /// <summary>
    /// Whether a fact of a single datagram could pass: if not, none needs to be made. What is not
    /// known beforehand (all but kind and protocol) may be as it likes.
    /// </summary>
    public static bool MayPassDatagrams(this Filter filter) =>
        OfDatagrams.Any(kind => filter.Of(kind) != false);

    private static FilterPredicate OfClient(Filter.From from)
    {
        var mask = from.Network.Bits == 0 ? 0 : uint.MaxValue << 32 - from.Network.Bits;
        var (first, isIn) = (from.Network.First.Value, from.IsIn);
        return (in FactFields fact) =>
            fact.Client is { } client && (client.Address.Value & mask) == first == isIn;
    }

    private static FilterPredicate OfField(Filter.Compare compare)
    {
        var value = compare.Value;
        var comparing = compare.Operator;
        return compare.Field switch
        {
            FilterField.Kind => (in FactFields fact) => Holds((long)fact.Kind, comparing, value),
            FilterField.Protocol => (in FactFields fact) =>
                fact.Protocol != Transport.None && Holds((long)fact.Protocol, comparing, value),
            FilterField.Outcome => (in FactFields fact) =>
                fact.Outcome != 0 && Holds(fact.Outcome, comparing, value),
            FilterField.Backend => (in FactFields fact) =>
                fact.Backend != 0 && Holds(fact.Backend, comparing, value),
            FilterField.Latency => (in FactFields fact) =>
                fact.Latency != FactFields.NoLatency && Holds(fact.Latency, comparing, value),
            _ => throw new ArgumentOutOfRangeException(nameof(compare)),
        };
    }

    private static bool Holds(long left, FilterOperator comparing, long right) => comparing switch
    {
        FilterOperator.Is => left == right,
        FilterOperator.IsNot => left != right,
        FilterOperator.Above => left > right,
        FilterOperator.AtLeast => left >= right,
        FilterOperator.Below => left < right,
        _ => left <= right,
    };

    // What a filter says of a datagram's fact of this kind; null: that depends on the rest of it.
    private static bool? Of(this Filter filter, FactKind kind) => filter switch
    {
        Filter.Or { Left: var left, Right: var right } => (left.Of(kind), right.Of(kind)) switch
        {
            (true, _) or (_, true) => true,
            (false, false) => false,
            _ => null,
        },
        Filter.And { Left: var left, Right: var right } => (left.Of(kind), right.Of(kind)) switch
        {
            (false, _) or (_, false) => false,
            (true, true) => true,
            _ => null,
        },
        Filter.Not { Inner: var inner } => !inner.Of(kind),
        Filter.Compare { Field: FilterField.Kind } compare =>
            Holds((long)kind, compare.Operator, compare.Value),
        Filter.Compare { Field: FilterField.Protocol } compare =>
            Holds((long)Transport.Udp, compare.Operator, compare.Value),
        _ => null,
    };
}
