using System.Reactive;

namespace Microsoft.Reactive.Testing;

/// <summary>An observable that says its lines, and writes down who listened when.</summary>
public interface ITestableObservable<T> : IObservable<T>
{
    /// <summary>Who listened, in order of subscription.</summary>
    IList<Subscription> Subscriptions { get; }

    /// <summary>Its lines.</summary>
    IList<Recorded<Notification<T>>> Messages { get; }
}
