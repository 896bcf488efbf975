using System.Reactive.Disposables;

using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class SubscribeManyTable
{
    readonly List<string> _events = [];
    readonly SourceCache<Item, string> _cache = Sources.Items(A(1));
    readonly Listener _listener;

    public SubscribeManyTable()
    {
        _listener = Listener.To(_cache.Connect().SubscribeMany(Open));
        Events("open a1");
        _listener.Heard("Add a1");
        _listener.AfterEach = () => _events.Add("told");
    }

    [Fact]
    public void Add_opens_and_then_tells()
    {
        _cache.AddOrUpdate(B(1));
        _listener.Heard("Add b1");
        Events("open b1", "told");
    }

    [Fact]
    public void Update_opens_the_new_closes_the_old_and_then_tells()
    {
        _cache.AddOrUpdate(A(2));
        _listener.Heard("Update a1 a2");
        Events("open a2", "close a1", "told");
    }

    [Fact]
    public void Remove_closes_and_then_tells()
    {
        _cache.Remove("a");
        _listener.Heard("Remove a1");
        Events("close a1", "told");
    }

    [Fact]
    public void Refresh_only_tells()
    {
        _cache.Refresh();
        _listener.Heard("Refresh a1");
        Events("told");
    }

    [Fact]
    public void Completion_closes_all_and_then_tells()
    {
        _cache.Dispose();
        _listener.Heard("completed");
        Events("close a1", "told");
    }

    [Fact]
    public void The_sources_error_closes_all()
    {
        var (changes, fail) = _cache.Breakable();
        _listener.Dispose();
        var listener = Listener.To(changes.SubscribeMany(Open));
        _events.Clear();
        fail("source");
        listener.Heard("Add a1", "error source");
        Events("close a1");
    }

    [Fact]
    public void The_factorys_error_is_the_end_and_closes_all()
    {
        _listener.Dispose();
        _events.Clear();
        var listener = Listener.To(_cache.Connect().SubscribeMany(item =>
            item.Key == "b" ? throw new Broken("factory") : Open(item)));
        _cache.AddOrUpdate(B(1));
        listener.Heard("Add a1", "error factory");
        Events("open a1", "close a1");
    }

    [Fact]
    public void Whoever_leaves_closes_all()
    {
        _cache.AddOrUpdate(B(1));
        _events.Clear();
        _listener.Dispose();
        Events("close a1", "close b1");
    }

    IDisposable Open(Item item)
    {
        _events.Add($"open {item}");
        return Disposable.Create(() => _events.Add($"close {item}"));
    }

    void Events(params string[] events)
    {
        Assert.Equal(events, _events);
        _events.Clear();
    }
}
