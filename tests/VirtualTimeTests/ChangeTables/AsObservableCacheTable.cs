using System.Reactive.Subjects;
using DynamicData;
using DynamicData.Kernel;
using Xunit;
using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class AsObservableCacheTable
{
    readonly Subject<IChangeSet<Item, string>> _changes = new();
    readonly IObservableCache<Item, string> _mirror;
    readonly Listener _listener;

    public AsObservableCacheTable()
    {
        _mirror = _changes.AsObservableCache();
        _listener = Listener.To(_mirror.Connect());
    }

    [Fact]
    public void Add_Update_Remove_and_Refresh_pass()
    {
        Say(Add(A(1)), Add(B(1)));
        Say(Update(A(1), A(2)));
        Say(Refresh(B(1)));
        Say(Remove(A(2)));
        _listener.Heard("Add a1, Add b1", "Update a1 a2", "Refresh b1", "Remove a2");
        Assert.Equal([B(1)], _mirror.Items);
    }

    [Fact]
    public void An_Add_of_a_known_key_is_an_Update()
    {
        Say(Add(A(1)), Add(A(2)));
        _listener.Heard("Add a1, Update a1 a2");
    }

    [Fact]
    public void An_Update_of_an_unknown_key_is_an_Add()
    {
        Say(Update(A(1), A(2)));
        _listener.Heard("Add a2");
    }

    [Fact]
    public void A_Remove_and_a_Refresh_of_an_unknown_key_are_nothing()
    {
        Say(Remove(A(1)), Refresh(B(1)));
        _listener.HeardNothing();
    }

    [Fact]
    public void It_is_there_at_once_with_what_the_source_holds()
    {
        using var source = Sources.Items(A(1), B(1));
        using var mirror = source.Connect().AsObservableCache();
        Assert.Equal(2, mirror.Count);
        Assert.Equal(["a", "b"], mirror.Keys);
        Assert.Equal(A(1), mirror.KeyValues["a"]);
        Assert.Equal(B(1), mirror.Lookup("b").Value);
        Listener.To(mirror.Connect()).Heard("Add a1, Add b1");
    }

    [Fact]
    public void The_sources_error_is_for_all_who_follow_now_or_later()
    {
        Say(Add(A(1)));
        _changes.OnError(new Broken("source"));
        _listener.Heard("Add a1", "error source");
        Listener.To(_mirror.Connect()).Heard("Add a1", "error source");
        Assert.Equal(1, _mirror.Count);
    }

    [Fact]
    public void The_sources_completion_is_for_all_who_follow_now_or_later()
    {
        Say(Add(A(1)));
        _changes.OnCompleted();
        _listener.Heard("Add a1", "completed");
        Listener.To(_mirror.Connect()).Heard("Add a1", "completed");
    }

    [Fact]
    public void Dispose_leaves_the_source_and_completes()
    {
        Say(Add(A(1)));
        _mirror.Dispose();
        Assert.False(_changes.HasObservers);
        _listener.Heard("Add a1", "completed");
    }

    [Fact]
    public void The_read_only_face_of_a_cache_shows_its_items_and_changes()
    {
        using var source = Sources.Items(A(1));
        var face = source.AsObservableCache();
        Assert.IsNotAssignableFrom<ISourceCache<Item, string>>(face);
        var listener = Listener.To(face.Connect());
        source.AddOrUpdate(B(1));
        listener.Heard("Add a1", "Add b1");
        Assert.Equal([A(1), B(1)], face.Items);
        Assert.Equal(["a", "b"], face.Keys);
        Assert.Equal(B(1), face.KeyValues["b"]);
        Assert.Equal(B(1), face.Lookup("b").Value);
        Assert.Equal(2, face.Count);
    }

    [Fact]
    public void Disposing_the_read_only_face_ends_nothing()
    {
        using var source = Sources.Items(A(1));
        var face = source.AsObservableCache();
        var listener = Listener.To(face.Connect());
        face.Dispose();
        source.AddOrUpdate(B(1));
        listener.Heard("Add a1", "Add b1");
    }

    void Say(params Change<Item, string>[] changes) =>
        _changes.OnNext(new ChangeSet<Item, string>(changes));

    static Change<Item, string> Add(Item item) => new(ChangeReason.Add, item.Key, item);

    static Change<Item, string> Update(Item previous, Item item) =>
        new(ChangeReason.Update, item.Key, item, Optional.Some(previous));

    static Change<Item, string> Remove(Item item) => new(ChangeReason.Remove, item.Key, item);

    static Change<Item, string> Refresh(Item item) => new(ChangeReason.Refresh, item.Key, item);
}
