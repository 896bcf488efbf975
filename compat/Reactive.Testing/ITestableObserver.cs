using System.Reactive;

namespace Microsoft.Reactive.Testing;

/// <summary>An observer that writes down what it hears, and when.</summary>
public interface ITestableObserver<T> : IObserver<T>
{
    /// <summary>What it heard, in order.</summary>
    IList<Recorded<Notification<T>>> Messages { get; }
}
