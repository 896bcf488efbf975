using DynamicData;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

/// <summary>Follows a stream and compares what it heard with what a change table says.</summary>
/// <remarks>
/// A changeset is told as one line: <c>"Add a1, Update a1 a2, Remove b1"</c>; of an Update the
/// previous item comes first. Empty changesets are not told: nothing may be built on them, since
/// some versions of the packages let them through.
/// </remarks>
sealed class Listener : IDisposable
{
    readonly List<string> _heard = [];
    IDisposable? _subscription;

    public Action? AfterEach { get; set; }

    public static Listener To<TObject, TKey>(
        IObservable<IChangeSet<TObject, TKey>> changes, Action<Listener>? prepare = null)
        where TObject : notnull
        where TKey : notnull =>
        ToValues(changes, Tell, prepare);

    public static Listener ToValues<T>(
        IObservable<T> values, Func<T, string>? tell = null, Action<Listener>? prepare = null)
    {
        tell ??= value => $"{value}";
        var listener = new Listener();
        prepare?.Invoke(listener);
        listener._subscription = values.Subscribe(
            value => listener.Hear(tell(value)),
            error => listener.Hear($"error {error.Message}"),
            () => listener.Hear("completed"));
        return listener;
    }

    /// <summary>Since the last time it heard this, line by line, and nothing else.</summary>
    public void Heard(params string[] lines)
    {
        string[] heard = [.. _heard];
        _heard.Clear();
        Assert.Equal(lines, heard);
    }

    public void HeardNothing() => Heard();

    public void Dispose() => _subscription?.Dispose();

    void Hear(string line)
    {
        if (line.Length == 0) return;
        _heard.Add(line);
        AfterEach?.Invoke();
    }

    static string Tell<TObject, TKey>(IChangeSet<TObject, TKey> changes)
        where TObject : notnull
        where TKey : notnull =>
        string.Join(", ", changes.Select(change => change.Previous.HasValue
            ? $"{change.Reason} {change.Previous.Value} {change.Current}"
            : $"{change.Reason} {change.Current}"));
}
