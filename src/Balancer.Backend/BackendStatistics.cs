namespace Balancer.Backend;

/// <summary>How much of everything there has been since a server started.</summary>
/// <param name="Open">Connections open now, of balancers and of clients on TCP.</param>
/// <param name="Connections">Connections taken.</param>
/// <param name="Refused">Connections closed at once because there were too many.</param>
/// <param name="Queries">Queries read.</param>
/// <param name="Answers">Answers queued for the balancer.</param>
/// <param name="AnswersDropped">Answers to datagrams dropped because the balancer read too
/// slowly.</param>
/// <param name="AnswersGone">Answers for which nobody waited any more.</param>
/// <param name="Errors">Items of <see cref="BackendServer.Errors"/>, heard or not.</param>
public sealed record BackendStatistics(
    int Open,
    long Connections,
    long Refused,
    long Queries,
    long Answers,
    long AnswersDropped,
    long AnswersGone,
    long Errors);

/// <summary>The counters behind <see cref="BackendStatistics"/>; any thread.</summary>
internal sealed class Counters
{
    private long _connections;
    private long _refused;
    private long _queries;
    private long _answers;
    private long _dropped;
    private long _gone;
    private long _errors;

    public void Connection() => Interlocked.Increment(ref _connections);

    public void Refusal() => Interlocked.Increment(ref _refused);

    public void Query() => Interlocked.Increment(ref _queries);

    public void Error() => Interlocked.Increment(ref _errors);

    public void Answer(AnswerOutcome outcome)
    {
        switch (outcome)
        {
            case AnswerOutcome.Queued:
                Interlocked.Increment(ref _answers);
                break;
            case AnswerOutcome.Dropped:
                Interlocked.Increment(ref _dropped);
                break;
            default:
                Interlocked.Increment(ref _gone);
                break;
        }
    }

    public BackendStatistics Read(int open) => new(
        open,
        Interlocked.Read(ref _connections),
        Interlocked.Read(ref _refused),
        Interlocked.Read(ref _queries),
        Interlocked.Read(ref _answers),
        Interlocked.Read(ref _dropped),
        Interlocked.Read(ref _gone),
        Interlocked.Read(ref _errors));
}
