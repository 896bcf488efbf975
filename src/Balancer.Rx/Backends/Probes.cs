// PROBES: a real question, now and then (C3).
//
// Each live backend is asked the same question every ProbeEvery, in the same ordered stream as the
// clients' queries, as if by a client that cannot exist: 127.0.0.1 port 0. A backend that answers
// it wrongly or not at all twice in a row, or the first time it is asked, at the beginning of its
// session, is ailing: others serve its remotes, as while it is suspect. Two good answers in a row
// end that. Not promised: that it asks what clients ask.

using System.Buffers.Binary;
using System.Reactive.Linq;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;

namespace Balancer.Rx.Backends;

/// <summary>How a backend has answered its probes lately.</summary>
/// <param name="IsAiling">It gets none of its remotes for that.</param>
/// <param name="Against">So many results in a row speak against the present judgement.</param>
public readonly record struct Fitness(bool IsAiling, int Against)
{
    private const int Enough = 2;

    /// <summary>Of one that was never asked: its first answer decides.</summary>
    public static Fitness AtFirst(QueryProbe? probe) =>
        probe is null ? default : new(IsAiling: false, Against: Enough - 1);

    /// <summary>The judgement after one more result.</summary>
    public Fitness After(bool passed) =>
        passed != IsAiling ? this with { Against = 0 }
        : Against + 1 < Enough ? this with { Against = Against + 1 }
        : new(!IsAiling, 0);
}

/// <summary>The questions as a stream of results.</summary>
internal static class Probes
{
    /// <summary>Who seems to ask.</summary>
    public static readonly ClientEndpoint Asker = new(new(0x7F000001), 0);

    /// <summary>The RCODE of each answer, from now on; null where none came.</summary>
    /// <param name="carrier">Who is asked.</param>
    /// <param name="probe">What.</param>
    /// <param name="nextId">The id of the next question.</param>
    /// <param name="isAwaited">The next one has been asked already, and is to be answered.</param>
    /// <param name="backend">Whose carrier it is.</param>
    /// <param name="options">The intervals.</param>
    /// <param name="clockwork">All time.</param>
    /// <param name="seam">What is answered crosses it.</param>
    public static IObservable<int?> Results(
        this ICarrier carrier, QueryProbe probe, Func<ushort> nextId, bool isAwaited,
        BackendId backend, BalancerOptions options, Clockwork clockwork, Seam seam)
    {
        var query = probe.Encode();
        var answers = Observable
            .FromEvent<ProbeAnswer>(
                h => carrier.ProbeAnswered += h, h => carrier.ProbeAnswered -= h)
            .Do(answer => seam.Probed(backend, answer));
        var times = Observable
            .Timer(TimeSpan.Zero, options.ProbeEvery, clockwork.For(TimerKind.Probe, backend))
            .Select(_ => nextId());
        return (isAwaited ? times.StartWith(nextId()) : times)
            .Select(Ask)
            .Switch();

        IObservable<int?> Ask(ushort id)
        {
            BinaryPrimitives.WriteUInt16BigEndian(query, id);
            var answered = answers
                .Where(answer => answer.Id == id)
                .Select(answer => (int?)answer.Rcode);
            var late = Observable
                .Timer(
                    options.ProbePatience, clockwork.For(TimerKind.ProbeAnswer, backend))
                .Select(_ => (int?)null);
            var result = answered.Merge(late).Take(1).Replay(1);
            var listening = result.Connect();
            carrier.Probe(query);
            return result.Finally(listening.Dispose);
        }
    }
}

/// <summary>What a backend said to a probe.</summary>
/// <param name="Id">The id it answers to.</param>
/// <param name="Rcode">How.</param>
public readonly record struct ProbeAnswer(ushort Id, int Rcode);
