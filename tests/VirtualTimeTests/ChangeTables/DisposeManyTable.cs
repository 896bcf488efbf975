using System.Reactive.Linq;

using DynamicData;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class DisposeManyTable
{
    readonly List<string> _disposed = [];
    readonly SourceCache<Resource, string> _cache = new(resource => resource.Key);
    readonly Listener _listener;

    public DisposeManyTable()
    {
        _cache.AddOrUpdate(New("a", 1));
        _listener = Listener.To(_cache.Connect().DisposeMany());
        _listener.Heard("Add a1");
    }

    [Fact]
    public void Add_disposes_nothing()
    {
        _cache.AddOrUpdate(New("b", 1));
        _listener.Heard("Add b1");
        Disposed();
    }

    [Fact]
    public void Update_disposes_the_previous_item()
    {
        _cache.AddOrUpdate(New("a", 2));
        _listener.Heard("Update a1 a2");
        Disposed("a1");
    }

    [Fact]
    public void Update_by_the_same_item_disposes_nothing()
    {
        _cache.AddOrUpdate(_cache.Lookup("a").Value);
        _listener.Heard("Update a1 a1");
        Disposed();
    }

    [Fact]
    public void Remove_disposes_the_item()
    {
        _cache.Remove("a");
        _listener.Heard("Remove a1");
        Disposed("a1");
    }

    [Fact]
    public void Refresh_disposes_nothing()
    {
        _cache.Refresh();
        _listener.Heard("Refresh a1");
        Disposed();
    }

    [Fact]
    public void Disposal_comes_after_the_change_was_told()
    {
        var told = new List<int>();
        _listener.AfterEach = () => told.Add(_disposed.Count);
        _cache.AddOrUpdate(New("a", 2));
        _cache.Remove("a");
        Assert.Equal([0, 1], told);
        Disposed("a1", "a2");
    }

    [Fact]
    public void Clear_disposes_all()
    {
        _cache.AddOrUpdate(New("b", 1));
        _cache.Clear();
        _listener.Heard("Add b1", "Remove a1, Remove b1");
        Disposed("a1", "b1");
    }

    [Fact]
    public void An_item_that_came_and_went_in_one_Edit_is_disposed()
    {
        _cache.Edit(updater =>
        {
            updater.AddOrUpdate(New("b", 1));
            updater.Remove("b");
            updater.AddOrUpdate(New("a", 2));
            updater.AddOrUpdate(New("a", 3));
        });
        Disposed("b1", "a1", "a2");
    }

    [Fact]
    public void Completion_disposes_all_once()
    {
        _cache.Dispose();
        _listener.Heard("completed");
        Disposed("a1");
        _listener.Dispose();
        Disposed("a1");
    }

    [Fact]
    public void An_error_disposes_all_once()
    {
        var (changes, fail) = _cache.Breakable();
        _listener.Dispose();
        _disposed.Clear();
        var listener = Listener.To(changes.DisposeMany());
        fail("source");
        listener.Heard("Add a1", "error source");
        Disposed("a1");
    }

    [Fact]
    public void Whoever_leaves_disposes_all()
    {
        _cache.AddOrUpdate(New("b", 1));
        _listener.Dispose();
        Disposed("a1", "b1");
    }

    [Fact]
    public void Nothing_that_is_gone_is_disposed_again()
    {
        _cache.Remove("a");
        _listener.Dispose();
        Disposed("a1");
    }

    Resource New(string key, int value) => new(key, value, _disposed);

    void Disposed(params string[] resources) => Assert.Equal(resources, _disposed);

    sealed record Resource(string Key, int Value, List<string> Log) : IDisposable
    {
        public void Dispose() => Log.Add(ToString());

        public override string ToString() => $"{Key}{Value}";
    }
}
