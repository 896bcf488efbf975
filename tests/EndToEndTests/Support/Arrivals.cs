using System.Threading.Channels;

namespace Balancer.EndToEndTests.Support;

/// <summary>What a stream brings, kept until a test asks for it, in order.</summary>
internal sealed class Arrivals<T> : IDisposable
{
    readonly Channel<T> _items = Channel.CreateUnbounded<T>();
    readonly IDisposable _subscription;

    public Arrivals(IObservable<T> source) => _subscription = source.Subscribe(
        item => _items.Writer.TryWrite(item),
        error => _items.Writer.TryComplete(error),
        () => _items.Writer.TryComplete());

    public Task<T> Next() =>
        _items.Reader.ReadAsync().AsTask().Within($"another {typeof(T).Name}");

    public async Task<T[]> Next(int count)
    {
        var items = new T[count];
        for (var i = 0; i < count; i++)
            items[i] = await Next();
        return items;
    }

    public Task Completion => _items.Reader.Completion.Within($"the last {typeof(T).Name}");

    public void Dispose() => _subscription.Dispose();
}
