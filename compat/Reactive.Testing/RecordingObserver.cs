using System.Reactive;

namespace Microsoft.Reactive.Testing;

sealed class RecordingObserver<T>(TestScheduler scheduler) : ITestableObserver<T>
{
    public IList<Recorded<Notification<T>>> Messages { get; } = [];

    public void OnNext(T value) => Record(Notification.CreateOnNext(value));

    public void OnError(Exception error) => Record(Notification.CreateOnError<T>(error));

    public void OnCompleted() => Record(Notification.CreateOnCompleted<T>());

    void Record(Notification<T> notification) => Messages.Add(new(scheduler.Clock, notification));
}
