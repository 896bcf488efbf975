using System.Globalization;
using System.Reactive;

namespace Balancer.Rx.Recording;

/// <summary>
/// What was decided, and when. Those that are made all the time are few bytes in a recording; the
/// others are what they say of themselves, so a new fact needs nothing here.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Text">What, with all that belongs to it.</param>
internal readonly record struct Decision(DateTimeOffset At, string Text)
{
    private const byte Other = 0, Beat = 1, Answered = 2, New = 3, Assigned = 4, Expired = 5;

    /// <summary>This fact as a decision.</summary>
    public static Decision Of(Timestamped<BalancerEvent> fact) => new(
        fact.Timestamp, Said(fact.Value));

    /// <summary>Writes it, its time as the difference to that of its push.</summary>
    public static void Write(TapeWriter to, BalancerEvent fact, long since)
    {
        switch (fact)
        {
            case BalancerEvent.HeartbeatSent sent:
                Begin(Beat);
                to.Id(sent.Id);
                break;
            case BalancerEvent.HeartbeatAnswered answered:
                Begin(Answered);
                to.Id(answered.Id);
                to.Span(answered.RoundTrip);
                break;
            case BalancerEvent.RemoteNew stranger:
                Begin(New);
                to.Client(stranger.Client);
                break;
            case BalancerEvent.RemoteAssigned assigned:
                Begin(Assigned);
                to.Client(assigned.Client);
                to.Id(assigned.Backend);
                to.Byte((byte)assigned.Reason);
                break;
            case BalancerEvent.RemoteExpired expired:
                Begin(Expired);
                to.Client(expired.Client);
                break;
            default:
                Begin(Other);
                to.Text(Said(fact));
                break;
        }

        void Begin(byte kind)
        {
            to.Byte(kind);
            to.Number(since);
        }
    }

    public static Decision Read(TapeReader from, DateTimeOffset pushed)
    {
        var kind = from.Byte();
        var at = new DateTimeOffset(pushed.UtcTicks + from.Number(), TimeSpan.Zero);
        BalancerEvent? fact = kind switch
        {
            Other => null,
            Beat => new BalancerEvent.HeartbeatSent(from.Id()),
            Answered => new BalancerEvent.HeartbeatAnswered(from.Id(), from.Span()),
            New => new BalancerEvent.RemoteNew(from.Client()),
            Assigned => new BalancerEvent.RemoteAssigned(
                from.Client(), from.Id(), (AssignedBecause)from.Byte()),
            Expired => new BalancerEvent.RemoteExpired(from.Client()),
            var other => throw new TapeException($"{other} is no decision"),
        };
        return new(at, fact is null ? from.Text() : Said(fact));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}  {Text}");

    private static string Said(BalancerEvent fact) => fact.ToString();
}
