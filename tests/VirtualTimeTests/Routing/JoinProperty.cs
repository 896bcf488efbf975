using System.Reactive.Linq;
using Balancer.Rx;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;
using CsCheck;
using DynamicData;

namespace Balancer.VirtualTimeTests.Routing;

// The indexed join against a plain InnerJoin of the same two caches, over random histories.
public class JoinProperty
{
    const ulong Secret = 42;

    // Their homes in the table are its last two slots: they collide, and wrap around its end.
    static readonly ClientAddress[] Addresses =
    [
        .. Enumerable.Range(1, 100_000).Select(i => new ClientAddress((uint)i))
            .Where(address => Home(address) >= 1_022)
            .Take(24),
    ];

    static readonly BackendId[] Ids =
        [.. Enumerable.Range(5301, 6).Select(id => new BackendId(id))];

    // What, which one, and for a remote: whose it becomes.
    static readonly Gen<(int Kind, int Which, int Whose)> Step = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, Addresses.Length - 1], Gen.Int[0, Ids.Length - 1]);

    // An edit is one changeset: several steps, possibly of the same keys.
    static readonly Gen<(int Kind, int Which, int Whose)[][]> Repeating =
        Step.Array[1, 6].Array[0, 60];

    // Each key at most once in an edit: DynamicData's InnerJoin keeps a stale pair when a key is
    // changed twice in one (compat/README.md), so only this can be held against it on both sides.
    static readonly Gen<(int Kind, int Which, int Whose)[][]> History = Repeating.Select(edits =>
        edits.Select(edit => edit.DistinctBy(KeyOf).ToArray()).ToArray());

    [Fact]
    public void Routes_are_a_plain_join_of_live_backends_and_remotes() =>
        History.Sample(edits => Follow(edits, both => both.Joined()), iter: 1_000);

    [Fact]
    public void They_are_when_an_edit_changes_the_same_key_again_and_again() =>
        Repeating.Sample(edits => Follow(edits, both => both.Recomputed()), iter: 1_000);

    [Fact]
    public void They_are_after_the_table_has_grown_and_shrunk_too() =>
        Gen.Select(History, Gen.Int[600, 3_000]).Sample((edits, crowd) =>
        {
            using var both = new Both();
            both.Crowd(crowd);
            foreach (var edit in edits)
                both.Take(edit);
            both.Agree(both.Joined());
            both.CrowdLeaves();
            both.Agree(both.Joined());
        }, iter: 50);

    static void Follow(
        (int Kind, int Which, int Whose)[][] edits, Func<Both, Dictionary<uint, int>> reference)
    {
        using var both = new Both();
        foreach (var edit in edits)
        {
            both.Take(edit);
            both.Agree(reference(both));
        }
    }

    static (bool IsBackend, int Key) KeyOf((int Kind, int Which, int Whose) step) =>
        step.Kind < 3 ? (true, step.Whose) : (false, step.Which);

    static int Home(ClientAddress address) =>
        (int)(address.Value * Mixing.OddMultiplier(Secret, 1) >> 54);

    sealed class Both : IDisposable, ITicks
    {
        readonly SourceCache<LiveBackend, BackendId> _live = new(backend => backend.Id);
        readonly SourceCache<Remote, ClientAddress> _remotes = new(remote => remote.Address);
        readonly IObservableCache<(uint Address, int Lane), (BackendId, ClientAddress)> _join;
        readonly RouteTable _routes = new(BalancerOptions.Default with { HashSeed = Secret });
        readonly Router _router;
        ClientAddress[] _crowd = [];
        int _lanes;

        public Both()
        {
            _router = new(
                _live.Connect(), Observable.Never<BackendShare>(), _remotes.Connect(), _routes,
                this, failure => Assert.Fail(failure.Message));
            _join = _live.Connect()
                .InnerJoin(
                    _remotes.Connect(),
                    remote => remote.Primary,
                    (backend, remote) => (remote.Address.Value, backend.Lane))
                .AsObservableCache();
        }

        long ITicks.UtcTicks => World.Dawn.UtcTicks;

        public void Take((int Kind, int Which, int Whose)[] edit)
        {
            _live.Edit(live =>
            {
                foreach (var (kind, _, whose) in edit)
                {
                    if (kind is 0 or 1)
                        live.AddOrUpdate(new LiveBackend(Ids[whose], _lanes++));
                    else if (kind is 2)
                        live.RemoveKey(Ids[whose]);
                }
            });
            _remotes.Edit(remotes =>
            {
                foreach (var (kind, which, whose) in edit)
                {
                    if (kind is >= 3 and < 8)
                        remotes.AddOrUpdate(new Remote(Addresses[which], Ids[whose]));
                    else if (kind >= 8)
                        remotes.RemoveKey(Addresses[which]);
                }
            });
        }

        public void Crowd(int count)
        {
            var addresses = Enumerable.Range(0, count).Select(i => 0xC0000000u + (uint)i);
            _crowd = [.. addresses.Select(address => new ClientAddress(address))];
            _remotes.AddOrUpdate(_crowd.Select((a, i) => new Remote(a, Ids[i % Ids.Length])));
        }

        public void CrowdLeaves() => _remotes.Edit(remotes =>
        {
            foreach (var address in _crowd)
                remotes.RemoveKey(address);
        });

        /// <summary>The join as DynamicData follows it.</summary>
        public Dictionary<uint, int> Joined() =>
            _join.Items.ToDictionary(pair => pair.Address, pair => pair.Lane);

        /// <summary>The join of what the caches hold now.</summary>
        public Dictionary<uint, int> Recomputed() => _remotes.Items
            .Join(
                _live.Items, remote => remote.Primary, backend => backend.Id,
                (remote, backend) => (remote.Address.Value, backend.Lane))
            .ToDictionary(pair => pair.Value, pair => pair.Lane);

        public void Agree(Dictionary<uint, int> joined)
        {
            Weighted[] carrying = [.. _live.Keys.Order().Select(id => new Weighted(id, 1))];
            foreach (var address in Addresses.Concat(_crowd))
            {
                var slot = _routes.Find(address.Value);
                Assert.Equal(_remotes.Lookup(address).HasValue, slot >= 0);
                if (slot < 0)
                    continue;
                var expected = joined.TryGetValue(address.Value, out var lane) ? lane
                    : carrying.Length == 0 ? -1
                    : _live.Lookup(Rendezvous.Choose(address.Value, carrying)).Value.Lane;
                Assert.Equal(expected, _routes.Lane(slot));
            }
            var counts = _remotes.Items.CountBy(remote => remote.Primary).ToDictionary();
            Assert.All(
                Ids, id => Assert.Equal(counts.GetValueOrDefault(id), _routes.RemotesOf(id)));
            Assert.Equal(_remotes.Count, _routes.Count);
            Assert.Equal(carrying.Length, _routes.Carrying);
        }

        public void Dispose()
        {
            _router.Dispose();
            _join.Dispose();
            _live.Dispose();
            _remotes.Dispose();
        }
    }
}
