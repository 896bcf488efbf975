using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Filters;
using Balancer.Rx;
using CsCheck;

namespace Balancer.EndToEndTests.Control.Filters;

/// <summary>Filters and facts, drawn so that they often meet.</summary>
static class Some
{
    static readonly Gen<uint> Addresses = Gen.OneOf(
        Gen.UInt, Gen.UInt[0x7F000000, 0x7F000004], Gen.UInt[0x0A000000, 0x0A0000FF]);

    static readonly Gen<long> Latencies = Gen.OneOf(
        Gen.Long[0, 100], Gen.Long[0, 100].Select(ms => ms * TimeSpan.TicksPerMillisecond),
        Gen.Long[0, FilterValues.MaxLatency.Ticks]);

    static readonly Gen<long> Backends = Gen.OneOf(Gen.Long[5301, 5303], Gen.Long[1, int.MaxValue]);

    static readonly Gen<Filter> Comparisons = Gen.OneOf(
        Words(FilterField.Kind, 0, FactWords.Kinds.Length - 2),
        Words(FilterField.Protocol, 1, 2),
        Words(FilterField.Outcome, 1, FactWords.Outcomes.Length - 1),
        Numbers(FilterField.Backend, Backends),
        Numbers(FilterField.Latency, Latencies),
        Gen.Select(Addresses, Gen.Int[0, 32], Gen.Bool).Select((address, bits, isIn) =>
            (Filter)new Filter.From(NetworkOf(address, bits), isIn)));

    /// <summary>Filters of a few levels.</summary>
    public static readonly Gen<Filter> Filters = OfLevels(4);

    public static readonly Gen<FactFields> Facts = Gen.Select(
        Gen.Int[0, FactWords.Kinds.Length - 2], Gen.OneOf(Gen.Const(0L), Backends),
        Gen.Select(Gen.Bool, Addresses), Gen.Int[0, 2],
        Gen.Select(Gen.Int[0, FactWords.Outcomes.Length - 1],
            Gen.OneOf(Gen.Const(FactFields.NoLatency), Latencies)))
        .Select((kind, backend, client, protocol, end) => new FactFields(
            (FactKind)kind, (int)backend,
            client.Item1 ? new ClientEndpoint(new(client.Item2), 53) : null,
            (Transport)protocol, (byte)end.Item1, end.Item2));

    static Gen<Filter> OfLevels(int levels)
    {
        if (levels == 0)
            return Comparisons;
        var inner = OfLevels(levels - 1);
        return Gen.OneOf(
            Comparisons,
            Gen.Select(inner, inner).Select((a, b) => (Filter)new Filter.Or(a, b)),
            Gen.Select(inner, inner).Select((a, b) => (Filter)new Filter.And(a, b)),
            inner.Select(a => (Filter)new Filter.Not(a)));
    }

    static Gen<Filter> Words(FilterField field, int first, int last) =>
        Gen.Select(Gen.Int[0, 1], Gen.Int[first, last]).Select((comparing, word) =>
            (Filter)new Filter.Compare(field, (FilterOperator)comparing, word));

    static Gen<Filter> Numbers(FilterField field, Gen<long> values) =>
        Gen.Select(Gen.Int[0, 5], values).Select((comparing, value) =>
            (Filter)new Filter.Compare(field, (FilterOperator)comparing, value));

    static Network NetworkOf(uint address, int bits)
    {
        var first = bits == 0 ? 0 : address & uint.MaxValue << 32 - bits;
        return Network.Parse($"{new ClientAddress(first)}/{bits}");
    }
}
