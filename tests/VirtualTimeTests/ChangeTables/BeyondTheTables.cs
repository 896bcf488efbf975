using System.Reactive.Linq;
using System.Reactive.Subjects;

using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

/// <summary>The promises the subset keeps and the packages do not: its deviations.</summary>
public sealed class BeyondTheTables
{
    public BeyondTheTables() => Assert.SkipUnless(Side.IsSubset, Side.Beyond);

    [Fact]
    public void An_edit_made_on_hearing_the_snapshot_is_told_after_it()
    {
        using var cache = Sources.Items(A(1));
        var turn = 0;
        var listener = Listener.To(cache.Connect(), prepare: listener =>
            listener.AfterEach = () =>
            {
                if (++turn == 1) cache.AddOrUpdate(B(1));
            });
        listener.Heard("Add a1", "Add b1");
    }

    [Fact]
    public void An_Edit_that_throws_has_told_what_it_did_before()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect());
        Assert.Throws<Broken>(() => cache.Edit(updater =>
        {
            updater.AddOrUpdate(A(1));
            throw new Broken("edit");
        }));
        cache.AddOrUpdate(B(1));
        listener.Heard("Add a1", "Add b1");
    }

    [Fact]
    public void A_follower_that_throws_is_the_editors_to_hear_of_and_the_others_miss_nothing()
    {
        using var cache = Sources.Items();
        using var bad = cache.Connect().Subscribe(_ => throw new Broken("follower"));
        var good = Listener.To(cache.Connect());
        Assert.Throws<Broken>(() => cache.AddOrUpdate(A(1)));
        cache.AddOrUpdate(B(1));
        good.Heard("Add a1", "Add b1");
    }

    [Fact]
    public void Connect_inside_an_Edit_is_refused()
    {
        using var cache = Sources.Items();
        cache.Edit(updater => Listener.ToValues(cache.Connect())
            .Heard("error Connect inside an Edit: do so before it."));
    }

    [Fact]
    public void No_verb_ever_sends_an_empty_changeset()
    {
        using var left = Sources.Items(A(1));
        using var right = Sources.Rights(new Right("r", "nobody", 1));
        var empty = new Subject<IChangeSet<Item, string>>();
        var joined = Listener.ToValues(left.Connect().InnerJoin(
            right.Connect(), r => r.Left, (l, r) => $"{l} {r}"));
        var transformed = Listener.ToValues(empty.Transform(item => item));
        left.AddOrUpdate(B(1));
        empty.OnNext(new ChangeSet<Item, string>());
        joined.HeardNothing();
        transformed.HeardNothing();
    }

    [Fact]
    public void An_item_that_comes_and_goes_in_one_Edit_is_never_asked_whether_it_is_in()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect()
            .FilterOnObservable(_ => Observable.Return(true)));
        cache.Edit(updater =>
        {
            updater.AddOrUpdate(A(1));
            updater.Remove("a");
            updater.AddOrUpdate(B(1));
            updater.AddOrUpdate(B(2));
        });
        listener.Heard("Add b2");
    }

    [Fact]
    public void The_error_of_an_items_filter_is_the_end()
    {
        var item = new Speaker<bool>("a", 1);
        using var cache = Sources.Speakers(item);
        var listener = Listener.To(cache.Connect().FilterOnObservable(each => each.Voice));
        item.Voice.OnError(new Broken("item"));
        listener.Heard("error item");
    }

    [Fact]
    public void An_equal_item_that_is_not_the_same_one_has_its_predecessor_disposed()
    {
        var disposed = 0;
        using var cache = new SourceCache<Resource, string>(_ => "a");
        using var subscription = cache.Connect().DisposeMany().Subscribe();
        Action onDispose = () => disposed++;
        cache.AddOrUpdate(new Resource(onDispose));
        cache.AddOrUpdate(new Resource(onDispose));
        Assert.Equal(1, disposed);
    }

    [Fact]
    public void The_error_of_the_listings_passes()
    {
        var listings = new Subject<IEnumerable<Item>>();
        var listener = Listener.To(listings.EditDiff(item => item.Key));
        listings.OnNext([A(1)]);
        listings.OnError(new Broken("listings"));
        listener.Heard("Add a1", "error listings");
    }

    [Fact]
    public void A_right_item_that_moves_twice_in_one_Edit_is_joined_where_it_ended()
    {
        using var left = Sources.Items();
        using var right = Sources.Rights();
        using var join = left.Connect()
            .InnerJoin(right.Connect(), r => r.Left, (l, r) => $"{l}+{r}")
            .AsObservableCache();
        left.AddOrUpdate([A(1), B(1), C(1)]);
        right.AddOrUpdate(new Right("r", "a", 1));
        right.Edit(rights =>
        {
            rights.AddOrUpdate(new Right("r", "b", 2));
            rights.AddOrUpdate(new Right("r", "c", 3));
        });
        Assert.Equal(["c1+r3@c"], join.Items);
    }

    sealed record Resource(Action OnDispose) : IDisposable
    {
        public void Dispose() => OnDispose();
    }
}
