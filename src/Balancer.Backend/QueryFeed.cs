using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Balancer.Backend;

/// <summary>
/// Where all connections of a server meet its subscribers: queries and errors, each one at a time,
/// and whatever a subscriber throws stays here.
/// </summary>
internal sealed class QueryFeed : IDisposable
{
    private readonly Subject<Query> _queries = new();
    private readonly Subject<BackendError> _errors = new();
    private readonly Lock _delivery = new();
    private readonly Lock _reporting = new();

    public IObservable<Query> Queries => _queries.AsObservable();

    public IObservable<BackendError> Errors => _errors.AsObservable();

    public Counters Counters { get; } = new();

    public void Deliver(Query query)
    {
        Counters.Query();
        if (!Handled(query))
            query.Decline();
    }

    public void Answered(AnswerOutcome outcome) => Counters.Answer(outcome);

    public void Report(BackendError error)
    {
        Counters.Error();
        try
        {
            lock (_reporting)
                _errors.OnNext(error);
        }
        catch (Exception)
        {
            // Who is told of errors has made one itself; there is nobody left to tell.
            Counters.Error();
        }
    }

    public void Dispose()
    {
        lock (_delivery)
            _queries.OnCompleted();
        lock (_reporting)
            _errors.OnCompleted();
    }

    private bool Handled(Query query)
    {
        try
        {
            lock (_delivery)
            {
                var heard = _queries.HasObservers;
                _queries.OnNext(query);
                return heard;
            }
        }
        catch (Exception e)
        {
            Report(new(BackendErrorKind.Handler, $"a handler threw: {e.Message}", e));
            return false;
        }
    }
}
