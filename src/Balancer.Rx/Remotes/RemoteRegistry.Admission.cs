using Balancer.Rx.Routing;
using DynamicData;

namespace Balancer.Rx.Remotes;

// Strangers come in here; and where there is no room, whoever is on probation goes out for them.
public sealed partial class RemoteRegistry
{
    /// <summary>So many are looked at, at most, to find one who gives way.</summary>
    private const int LooksPerPlace = 8;

    /// <summary>At the front of the queue so many are let go with every admission.</summary>
    private const int TidiedPerAdmission = 2;

    /// <summary>A table that is full now and not then is no news more often than this.</summary>
    private static readonly TimeSpan FullToldEvery = TimeSpan.FromMinutes(1);

    private readonly Probation _probation;
    private DateTimeOffset _fullTold = DateTimeOffset.MinValue;
    private bool _full;
    private long _second;
    private int _displacedInSecond;
    private long _displacedTold;
    private int _waiting;

    /// <summary>
    /// How many remotes on probation have given way to newcomers since the start.
    /// </summary>
    public long Displaced { get; private set; }

    /// <inheritdoc/>
    public void Admit(ReadOnlySpan<ClientAddress> clients)
    {
        if (!CanAdmit)
            return;
        var now = _clockwork.Now;
        if (IsHopeless(now))
        {
            // Of a flood, only what changes anything crosses the seam.
            if (_full)
                return;
            _seam.Met(clients);
            TellFull(now);
            return;
        }
        _seam.Met(clients);
        // The edit's delegate cannot hold a span; a burst of strangers may cost an array.
        var strangers = clients.ToArray();
        // Who comes in by this edit has no route before its end, and does not give way in it.
        _waiting = _probation.Count;
        _cache.Edit(remotes =>
        {
            foreach (var address in strangers)
                Admit(remotes, address, now);
        });
    }

    private void Admit(
        ISourceUpdater<Remote, ClientAddress> remotes, ClientAddress address, DateTimeOffset now)
    {
        var known = remotes.Lookup(address);
        // Unless backups are stored, who is known was in the burst twice: it is decided.
        if (known.HasValue ? !StoresBackups : !HasRoom(remotes, now))
            return;
        var decision = known.HasValue
            ? Affinity.Again(known.Value, _turn, _choices)
            : Newcomer(address);
        _turn = decision.Turn;
        if (decision.Reason is not { } reason)
            return;
        remotes.AddOrUpdate(Stamped(decision.Remote, reason));
        if (!known.HasValue)
        {
            Tidy();
            _probation.Add(address);
            _facts.OnNext(new BalancerEvent.RemoteNew(address));
        }
        Tell(decision.Remote, reason);
        // Where backups are stored, one is needed at once.
        if (reason == AssignedBecause.Pinned && StoresBackups)
            Admit(remotes, address, now);
    }

    // A flood ends here: no array, no edit. Where backups are stored, the known are asked about
    // too (S5, S6).
    private bool IsHopeless(DateTimeOffset now) =>
        _cache.Count >= _options.MaxRemotes
        && !StoresBackups
        && !MayDisplace(now);

    private bool HasRoom(ISourceUpdater<Remote, ClientAddress> remotes, DateTimeOffset now)
    {
        if (remotes.Count < _options.MaxRemotes)
        {
            _full = false;
            return true;
        }
        TellFull(now);
        return MayDisplace(now) && Displace(remotes);
    }

    private bool MayDisplace(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        if (second != _second)
            (_second, _displacedInSecond) = (second, 0);
        return _displacedInSecond < _options.DisplacedPerSecond && _probation.Count > 0;
    }

    // Whoever has proven itself by now leaves the queue, and keeps its place in the table.
    private bool Displace(ISourceUpdater<Remote, ClientAddress> remotes)
    {
        for (var looks = 0; looks < LooksPerPlace && _waiting > 0; looks++)
        {
            _waiting--;
            var oldest = _probation.TakeOldest();
            if (_activity.StandingOf(oldest) != RemoteStanding.OnProbation
                || _pins.Has(oldest) || !remotes.Lookup(oldest).HasValue)
            {
                continue;
            }
            remotes.RemoveKey(oldest);
            _displacedInSecond++;
            Displaced++;
            return true;
        }
        return false;
    }

    // So that the queue is about as long as the table has remotes, without ever being searched.
    private void Tidy()
    {
        for (var i = 0; i < TidiedPerAdmission && _waiting > 0; i++)
        {
            if (_activity.StandingOf(_probation.Oldest) == RemoteStanding.OnProbation)
                return;
            _waiting--;
            _probation.TakeOldest();
        }
    }

    private void TellFull(DateTimeOffset now)
    {
        var isNews = !_full && now - _fullTold >= FullToldEvery;
        _full = true;
        if (!isNews)
            return;
        _fullTold = now;
        _facts.OnNext(new BalancerEvent.RemotesFull(_options.MaxRemotes));
    }

    private void TellDisplaced()
    {
        if (Displaced > _displacedTold)
            _facts.OnNext(new BalancerEvent.RemotesDisplaced(Displaced - _displacedTold));
        _displacedTold = Displaced;
    }
}
