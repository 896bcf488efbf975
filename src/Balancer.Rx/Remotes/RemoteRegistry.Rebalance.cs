using System.Reactive;
using DynamicData;

namespace Balancer.Rx.Remotes;

// A look at the spread, and the moves that follow from it (S10). It is told as a sequence whose
// items are the loop's turns: between one and the next, datagrams are served.
public sealed partial class RemoteRegistry
{
    /// <summary>When the last look at the traffic ended; null: there was none.</summary>
    internal DateTimeOffset? LookedAt { get; private set; }

    private IEnumerable<Unit> LookAtSpread()
    {
        if (_options.Rebalance == RebalancePolicy.LowestAddresses)
        {
            LookAtShares();
            return [];
        }
        if (!IsChosen)
            Adopt();
        return LookAtTraffic(_activity.Look());
    }

    private IEnumerable<Unit> LookAtTraffic(ITrafficLook look)
    {
        var now = _clockwork.Now;
        while (look.Weigh())
            yield return Unit.Default;

        var live = _choices.Live;
        var loads = Array.ConvertAll(
            live, of => new Load(of.Id, look.LoadOf(of.Id), of.Weight));
        var tolerated = loads.Length < 2
            ? double.MaxValue
            : Spread.Tolerated(loads, _options.RebalanceTolerance);
        var budget = _recent.Budget(look.Established, now);
        Seek(look, loads, tolerated, budget);

        do
        {
            yield return Unit.Default;
        }
        while (look.Gather(MayMove));

        LookedAt = _clockwork.Now;
        var moved = MoveAll(Spread.Plan(loads, look.Movers, tolerated, budget), now);
        if (loads.Length > 0)
            TellSpread(loads, moved);
    }

    // Each backend is asked for its share of the budget, by its lead.
    private static void Seek(ITrafficLook look, Load[] loads, double tolerated, int budget)
    {
        if (budget == 0 || loads.Length < 2)
            return;
        var least = loads.MinBy(load => load.Level);
        var leading = Array.FindAll(loads, load => load.Level - least.Level > tolerated);
        var leads = leading.Sum(load => load.Level - least.Level);
        foreach (var load in leading)
        {
            var part = (load.Level - least.Level) / leads;
            look.Seek(load.Backend, load.Over(least), most: (int)Math.Ceiling(budget * part));
        }
    }

    // Since they were gathered some may have gone, or have got another backend.
    private int MoveAll(IReadOnlyList<Move> plan, DateTimeOffset now)
    {
        var moves = plan
            .Where(move => Find(move.Client)?.Primary == move.From && !_pins.Has(move.Client)
                && _choices.Carries(move.To))
            .Select(move => new Remote(move.Client, move.To))
            .ToList();
        if (moves.Count == 0)
            return 0;
        foreach (var remote in moves)
            _recent.Note(remote.Address, now);
        Assign(moves, AssignedBecause.Rebalanced);
        return moves.Count;
    }

    private bool MayMove(ClientAddress client) =>
        _recent.MayMove(client) && !_pins.Has(client);

    private void TellSpread(Load[] loads, int moved)
    {
        var most = loads.MaxBy(load => load.Level);
        var least = loads.MinBy(load => load.Level);
        if (moved > 0 || most.Level > least.Level)
        {
            _facts.OnNext(new BalancerEvent.SpreadMeasured(
                Clamped(most.Datagrams), Clamped(least.Datagrams), most.Backend, moved));
        }
    }

    private static int Clamped(long datagrams) => (int)Math.Min(datagrams, int.MaxValue);

    // Those of a backend that no longer exists stay where rendezvous has put them: nobody moves.
    private void Adopt()
    {
        if (_choices.Live.Length > 0)
            Assign([.. Orphans().Take(_options.SweepShare)], AssignedBecause.PrimaryGone);
    }

    private IEnumerable<Remote> Orphans() =>
        StoresBackups || _activity.Count == _choices.Known.Sum(SettledAt)
            ? []
            : _cache.Items
                .Where(remote => !IsSettled(remote))
                .OrderBy(remote => remote.Address.Value)
                .Select(remote => new Remote(
                    remote.Address, Rendezvous.Choose(remote.Address.Value, _choices.Live)));

    // The original's: so many of the lowest addresses leave the fullest, and go out in turn.
    private void LookAtShares()
    {
        var live = _choices.Live;
        if (live.Length == 0)
            return;
        Adopt();
        var shares = live.Select(of => new Share(of.Id, _activity.RemotesOf(of.Id))).ToArray();
        var lead = Spread.Of(shares, out var fullest, out var emptiest);
        List<Remote> moves = lead <= live.Length
            ? []
            : [.. _cache.Items
                .Where(remote => remote.Primary == fullest.Backend && !_pins.Has(remote.Address))
                .OrderBy(remote => remote.Address.Value)
                .Take(Math.Min(lead - live.Length, _options.SweepShare))
                .Select(remote => new Remote(
                    remote.Address, (_turn = _choices.After(_turn)).Last))];
        Assign(moves, AssignedBecause.Rebalanced);
        if (moves.Count > 0 || lead > 0)
        {
            _facts.OnNext(new BalancerEvent.SpreadMeasured(
                fullest.Remotes, emptiest.Remotes, fullest.Backend, moves.Count));
        }
    }

    private void Assign(List<Remote> remotes, AssignedBecause reason)
    {
        if (remotes.Count > 0)
            _cache.AddOrUpdate(remotes.ConvertAll(remote => Stamped(remote, reason)));
        foreach (var remote in remotes)
            Tell(remote, reason);
    }
}
