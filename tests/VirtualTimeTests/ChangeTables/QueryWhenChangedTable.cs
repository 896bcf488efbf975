using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class QueryWhenChangedTable
{
    readonly SourceCache<Item, string> _cache = Sources.Items();
    readonly Listener _answers;

    public QueryWhenChangedTable() =>
        _answers = Listener.ToValues(_cache.Connect().QueryWhenChanged(Tell));

    [Fact]
    public void Nothing_is_said_before_the_first_changeset() => _answers.HeardNothing();

    [Fact]
    public void Each_changeset_brings_one_answer_about_all_items()
    {
        _cache.AddOrUpdate([A(1), B(1)]);
        _cache.AddOrUpdate(A(2));
        _cache.Refresh(A(2));
        _cache.Remove("b");
        _cache.Clear();
        _answers.Heard("2: a1 b1", "2: a2 b1", "2: a2 b1", "1: a2", "0: ");
    }

    [Fact]
    public void The_query_itself_can_be_asked()
    {
        var asked = 0;
        using var subscription = _cache.Connect().QueryWhenChanged().Subscribe(query =>
        {
            asked++;
            Assert.Equal(2, query.Count);
            Assert.Equal(["a", "b"], query.Keys);
            Assert.Equal([A(1), B(1)], query.Items);
            Assert.Equal([new("a", A(1)), new("b", B(1))], query.KeyValues);
            Assert.Equal(B(1), query.Lookup("b").Value);
            Assert.False(query.Lookup("c").HasValue);
        });
        _cache.AddOrUpdate([A(1), B(1)]);
        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_collection_is_a_copy_a_changeset()
    {
        var collections = new List<IReadOnlyCollection<Item>>();
        using var subscription = _cache.Connect().ToCollection().Subscribe(collections.Add);
        _cache.AddOrUpdate([A(1), B(1)]);
        _cache.Remove("a");
        Assert.Equal([[A(1), B(1)], [B(1)]], collections);
    }

    [Fact]
    public void The_selectors_error_is_the_end()
    {
        var listener = Listener.ToValues(_cache.Connect().QueryWhenChanged(query =>
            query.Count == 2 ? throw new Broken("selector") : query.Count));
        _cache.AddOrUpdate(A(1));
        _cache.AddOrUpdate(B(1));
        listener.Heard("1", "error selector");
    }

    [Fact]
    public void The_sources_error_and_completion_pass()
    {
        var (changes, fail) = _cache.Breakable();
        var failing = Listener.ToValues(changes.QueryWhenChanged(Tell));
        var collecting = Listener.ToValues(_cache.Connect().ToCollection());
        fail("source");
        _cache.Dispose();
        failing.Heard("error source");
        _answers.Heard("completed");
        collecting.Heard("completed");
    }

    static string Tell(IQuery<Item, string> query) =>
        $"{query.Count}: {string.Join(" ", query.Items)}";
}
