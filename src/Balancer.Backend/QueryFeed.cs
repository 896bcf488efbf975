using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Balancer.Backend;

/// <summary>
/// Where all connections of a server meet its subscribers: queries and errors, each one at a time,
/// and whatever a subscriber throws stays here.
/// </summary>
internal sealed class QueryFeed : IObservable<Query>, IDisposable
{
    private readonly Subject<Query> _queries = new();
    private readonly Subject<BackendError> _errors = new();
    private readonly Lock _delivery = new();
    private readonly Lock _reporting = new();

    public IObservable<BackendError> Errors => _errors.AsObservable();

    public Counters Counters { get; } = new();

    /// <summary>
    /// Each handler stands behind a guard of its own: what one throws reaches neither the
    /// connection nor the other handlers, and does not unsubscribe it.
    /// </summary>
    public IDisposable Subscribe(IObserver<Query> observer) =>
        _queries.Subscribe(
            query => Guarded(observer, query), observer.OnError, observer.OnCompleted);

    public void Deliver(Query query)
    {
        Counters.Query();
        var heard = _queries.HasObservers;
        lock (_delivery)
            _queries.OnNext(query);
        if (!heard)
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

    private void Guarded(IObserver<Query> observer, Query query)
    {
        try
        {
            observer.OnNext(query);
        }
        catch (Exception e)
        {
            Report(new(BackendErrorKind.Handler, $"a handler threw: {e.Message}", e));
            query.Decline();
        }
    }
}
