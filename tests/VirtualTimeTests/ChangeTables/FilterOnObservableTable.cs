using System.Reactive.Linq;

using DynamicData;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class FilterOnObservableTable
{
    readonly Speaker<bool> _a = new("a", 1);
    readonly Speaker<bool> _b = new("b", 1);
    readonly SourceCache<Speaker<bool>, string> _cache;
    readonly Listener _listener;

    public FilterOnObservableTable()
    {
        _cache = Sources.Speakers(_a, _b);
        _listener = Listener.To(_cache.Connect().FilterOnObservable(item => item.Voice));
    }

    [Fact]
    public void Add_is_nothing_until_the_item_says_true()
    {
        _listener.HeardNothing();
        _a.Voice.OnNext(false);
        _listener.HeardNothing();
        _a.Voice.OnNext(true);
        _listener.Heard("Add a1");
    }

    [Fact]
    public void An_item_that_says_true_at_once_is_in_at_once()
    {
        var listener = Listener.To(_cache.Connect()
            .FilterOnObservable(item => item.Voice.StartWith(item.Key == "b")));
        listener.Heard("Add b1");
    }

    [Fact]
    public void An_item_goes_in_and_out_as_it_speaks()
    {
        foreach (var word in (bool[])[true, false, true]) _a.Voice.OnNext(word);
        _listener.Heard("Add a1", "Remove a1", "Add a1");
    }

    [Fact]
    public void Saying_the_same_again_is_nothing()
    {
        foreach (var word in (bool[])[false, true, true, false, false]) _a.Voice.OnNext(word);
        _listener.Heard("Add a1", "Remove a1");
    }

    [Fact]
    public void Update_takes_the_old_item_out_until_the_new_one_speaks()
    {
        _a.Voice.OnNext(true);
        var next = new Speaker<bool>("a", 2);
        _cache.AddOrUpdate(next);
        _listener.Heard("Add a1", "Remove a1");
        next.Voice.OnNext(true);
        _listener.Heard("Add a2");
    }

    [Fact]
    public void Update_of_an_item_that_is_out_is_nothing_until_the_new_one_speaks()
    {
        var next = new Speaker<bool>("a", 2);
        _cache.AddOrUpdate(next);
        _listener.HeardNothing();
        next.Voice.OnNext(true);
        _listener.Heard("Add a2");
    }

    [Fact]
    public void Update_leaves_the_old_item_unheard()
    {
        _cache.AddOrUpdate(new Speaker<bool>("a", 2));
        Assert.False(_a.IsHeard);
        _a.Voice.OnNext(true);
        _listener.HeardNothing();
    }

    [Fact]
    public void Remove_of_an_item_that_is_in_is_a_Remove_and_leaves_it_unheard()
    {
        _a.Voice.OnNext(true);
        _cache.Remove(_a);
        _listener.Heard("Add a1", "Remove a1");
        Assert.False(_a.IsHeard);
    }

    [Fact]
    public void Remove_of_an_item_that_is_out_is_nothing_and_leaves_it_unheard()
    {
        _cache.Remove(_a);
        _listener.HeardNothing();
        Assert.False(_a.IsHeard);
    }

    [Fact]
    public void Refresh_passes_for_what_is_in()
    {
        _a.Voice.OnNext(true);
        _cache.Refresh();
        _listener.Heard("Add a1", "Refresh a1");
    }

    [Fact]
    public void An_item_whose_observable_completes_stays_as_it_is_until_it_goes()
    {
        _a.Voice.OnNext(true);
        _a.Voice.OnCompleted();
        _listener.Heard("Add a1");
        _cache.Remove(_a);
        _listener.Heard("Remove a1");
    }

    [Fact]
    public void The_removals_of_one_Edit_are_one_changeset()
    {
        _a.Voice.OnNext(true);
        _b.Voice.OnNext(true);
        _cache.Clear();
        _listener.Heard("Add a1", "Add b1", "Remove a1, Remove b1");
    }

    [Fact]
    public void The_factorys_error_is_the_end()
    {
        var listener = Listener.To(_cache.Connect().FilterOnObservable(item =>
            item.Key == "c" ? throw new Broken("factory") : Observable.Return(true)));
        _cache.AddOrUpdate(new Speaker<bool>("c", 1));
        listener.Heard("Add a1", "Add b1", "error factory");
    }

    [Fact]
    public void The_sources_error_is_the_end_and_leaves_all_unheard()
    {
        var (changes, fail) = _cache.Breakable();
        var listener = Listener.To(changes.FilterOnObservable(item => item.Voice));
        _listener.Dispose();
        fail("source");
        listener.Heard("error source");
        Assert.False(_a.IsHeard);
    }

    [Fact]
    public void Completion_waits_for_the_source_and_for_every_item()
    {
        _cache.Dispose();
        _a.Voice.OnNext(true);
        _a.Voice.OnCompleted();
        _listener.Heard("Add a1");
        _b.Voice.OnCompleted();
        _listener.Heard("completed");
    }

    [Fact]
    public void Whoever_leaves_leaves_all_items_unheard()
    {
        Assert.True(_a.IsHeard && _b.IsHeard);
        _listener.Dispose();
        Assert.False(_a.IsHeard || _b.IsHeard);
    }
}
