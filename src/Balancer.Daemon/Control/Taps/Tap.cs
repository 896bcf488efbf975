using System.Reactive;
using Balancer.Daemon.Control.Filters;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control.Taps;

/// <summary>
/// One reader's facts. Its branches write, each on its loop; its reader takes what they have
/// caught, on a thread of its own.
/// </summary>
internal sealed class Tap
{
    /// <summary>How many facts wait for a reader at most, over all loops.</summary>
    public const int QueueFacts = 4_096;

    private TaskCompletionSource? _waiting;
    private long _told;
    private uint _first;

    /// <summary>A tap for this filter on so many loops.</summary>
    public Tap(Filter filter, int loops)
    {
        var passes = filter.Compile();
        var wantsDatagrams = filter.MayPassDatagrams();
        Branches = [.. Enumerable.Range(0, loops).Select(
            loop => new Branch(loop, this, passes, wantsDatagrams, QueueFacts / loops))];
    }

    /// <summary>Its part on each loop.</summary>
    public IReadOnlyList<Branch> Branches { get; }

    /// <summary>How many facts wait.</summary>
    public int Waiting => Branches.Sum(branch => branch.Queue.Count);

    /// <summary>How many facts were lost since the queue was full.</summary>
    public long Dropped => Branches.Sum(branch => branch.Queue.Dropped);

    /// <summary>How many more were lost since this was last asked.</summary>
    public long TakeDropped()
    {
        var dropped = Dropped;
        var more = dropped - _told;
        _told = dropped;
        return more;
    }

    /// <summary>Takes what was caught, loop by loop, as much as fits.</summary>
    public int Take(Span<CaughtFact> to)
    {
        // Each time another loop comes first: one that fills the batch must not starve the others.
        var (count, first) = (0, _first++);
        for (var i = 0; i < Branches.Count; i++)
            count += Branches[(int)((first + i) % Branches.Count)].Queue.Take(to[count..]);
        return count;
    }

    /// <summary>Ends when something has been caught; at once, if something is there.</summary>
    public Task Catch()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Whoever writes from now on sees it; what was written before, we see.
        Interlocked.Exchange(ref _waiting, waiting);
        if (Waiting > 0)
            waiting.TrySetResult();
        return waiting.Task;
    }

    private void Wake()
    {
        // What was written must be seen by a reader that we do not see waiting.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is not null)
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }

    /// <summary>A tap's part on one loop, to be used there.</summary>
    internal sealed class Branch(
        int loop, Tap tap, FilterPredicate passes, bool wantsDatagrams, int queue)
        : IDatagramWatcher
    {
        /// <summary>Between the loop and the reader.</summary>
        public FactQueue Queue { get; } = new(queue);

        /// <summary>Whether a datagram's fact could pass the filter.</summary>
        public bool WantsDatagrams => wantsDatagrams;

        /// <inheritdoc/>
        public void Saw(ReadOnlySpan<DatagramFact> facts)
        {
            var caught = false;
            foreach (ref readonly var fact in facts)
            {
                var fields = FactFields.Of(fact);
                if (!passes(fields))
                    continue;
                Queue.Add(new(loop, fact.At, fields, null));
                caught = true;
            }
            if (caught)
                tap.Wake();
        }

        /// <summary>An event of the control plane.</summary>
        public void Saw(in Timestamped<BalancerEvent> fact)
        {
            var fields = FactFields.Of(fact.Value);
            if (!passes(fields))
                return;
            Queue.Add(new(loop, fact.Timestamp.UtcTicks, fields, fact.Value));
            tap.Wake();
        }
    }
}
