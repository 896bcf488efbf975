using System.Reactive;

namespace Microsoft.Reactive.Testing;

/// <summary>The words tests are written in; derive from it to use them bare.</summary>
public class ReactiveTest
{
    /// <summary>When <see cref="TestScheduler.Start{T}(Func{IObservable{T}})"/> creates.</summary>
    public const long Created = 100;

    /// <summary>When it subscribes.</summary>
    public const long Subscribed = 200;

    /// <summary>When it disposes the subscription.</summary>
    public const long Disposed = 1000;

    /// <summary>A value at a tick.</summary>
    public static Recorded<Notification<T>> OnNext<T>(long ticks, T value) =>
        new(ticks, Notification.CreateOnNext(value));

    /// <summary>An error at a tick.</summary>
    public static Recorded<Notification<T>> OnError<T>(long ticks, Exception exception) =>
        new(ticks, Notification.CreateOnError<T>(exception));

    /// <summary>Completion at a tick.</summary>
    public static Recorded<Notification<T>> OnCompleted<T>(long ticks) =>
        new(ticks, Notification.CreateOnCompleted<T>());

    /// <summary>A subscription without an end.</summary>
    public static Subscription Subscribe(long start) => new(start);

    /// <summary>A subscription from one tick to another.</summary>
    public static Subscription Subscribe(long start, long end) => new(start, end);
}
