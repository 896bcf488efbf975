using System.Reactive.Linq;

using DynamicData;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class MergeManyTable
{
    readonly Speaker<string> _a = new("a", 1);
    readonly Speaker<string> _b = new("b", 1);
    readonly SourceCache<Speaker<string>, string> _cache;
    readonly Listener _listener;

    public MergeManyTable()
    {
        _cache = Sources.Speakers(_a);
        _listener = Listener.ToValues(_cache.Connect().MergeMany(item => item.Voice));
    }

    [Fact]
    public void Add_lets_the_item_be_heard()
    {
        _cache.AddOrUpdate(_b);
        _b.Voice.OnNext("b speaks");
        _a.Voice.OnNext("a speaks");
        _listener.Heard("b speaks", "a speaks");
    }

    [Fact]
    public void An_item_that_speaks_at_once_is_heard_at_once()
    {
        var listener = Listener.ToValues(
            _cache.Connect().MergeMany(item => item.Voice.StartWith($"{item} greets")));
        _cache.AddOrUpdate(_b);
        listener.Heard("a1 greets", "b1 greets");
    }

    [Fact]
    public void Update_lets_the_new_item_be_heard_instead_of_the_old_one()
    {
        var next = new Speaker<string>("a", 2);
        _cache.AddOrUpdate(next);
        Assert.False(_a.IsHeard);
        _a.Voice.OnNext("old");
        next.Voice.OnNext("new");
        _listener.Heard("new");
    }

    [Fact]
    public void Remove_leaves_the_item_unheard()
    {
        _cache.Remove(_a);
        Assert.False(_a.IsHeard);
        _a.Voice.OnNext("gone");
        _listener.HeardNothing();
    }

    [Fact]
    public void Refresh_changes_nothing()
    {
        var asked = 0;
        var listener = Listener.ToValues(_cache.Connect().MergeMany(item =>
        {
            asked++;
            return item.Voice;
        }));
        _cache.Refresh();
        _a.Voice.OnNext("still here");
        listener.Heard("still here");
        Assert.Equal(1, asked);
    }

    [Fact]
    public void An_item_that_fails_falls_silent_and_the_others_go_on()
    {
        _cache.AddOrUpdate(_b);
        _a.Voice.OnError(new Broken("item"));
        _b.Voice.OnNext("b speaks");
        _listener.Heard("b speaks");
    }

    [Fact]
    public void An_item_that_completes_falls_silent_and_the_others_go_on()
    {
        _cache.AddOrUpdate(_b);
        _a.Voice.OnCompleted();
        _b.Voice.OnNext("b speaks");
        _listener.Heard("b speaks");
        _cache.Remove(_a);
        _listener.HeardNothing();
    }

    [Fact]
    public void The_sources_error_is_the_end_and_leaves_all_unheard()
    {
        _listener.Dispose();
        var (changes, fail) = _cache.Breakable();
        var listener = Listener.ToValues(changes.MergeMany(item => item.Voice));
        fail("source");
        listener.Heard("error source");
        Assert.False(_a.IsHeard);
    }

    [Fact]
    public void The_selectors_error_is_the_end()
    {
        var listener = Listener.ToValues(_cache.Connect().MergeMany(item =>
            item.Key == "b" ? throw new Broken("selector") : item.Voice));
        _cache.AddOrUpdate(_b);
        listener.Heard("error selector");
    }

    [Fact]
    public void Completion_waits_for_the_source_and_for_every_item()
    {
        _cache.AddOrUpdate(_b);
        _cache.Dispose();
        _a.Voice.OnNext("a speaks");
        _a.Voice.OnCompleted();
        _listener.Heard("a speaks");
        _b.Voice.OnError(new Broken("item"));
        _listener.Heard("completed");
    }

    [Fact]
    public void Whoever_leaves_leaves_all_items_unheard()
    {
        Assert.True(_a.IsHeard);
        _listener.Dispose();
        Assert.False(_a.IsHeard);
    }
}
