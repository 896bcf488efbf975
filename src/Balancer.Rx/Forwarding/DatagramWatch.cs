// THE WATCH: what becomes of single datagrams, told while somebody listens.
//
// Counts are kept always (Outcome.cs); a fact of a single datagram is made only while there is a
// watch. Then it is written into a row of fixed length, and the row is handed over when the burst
// is done, or when it is full. Nothing is allocated and nothing is lost: who listens must copy what
// it wants to keep, and has the loop's time while it does. When nobody listens, a datagram costs
// one look at a null.
//
// Each count of an outcome is one fact of it, so the sums agree, but for answers that the kernel
// refuses; a test says so. An answer is told when it is handed on, and those that the
// kernel refuses are counted by the batch. So such an answer is told twice, as answered and,
// without its client, as not sent.

using System.Runtime.CompilerServices;

namespace Balancer.Rx.Forwarding;

/// <summary>The facts of a burst, gathered for somebody who listens.</summary>
internal sealed class DatagramWatch(DataPlane plane, IDatagramWatcher watcher)
{
    private readonly DatagramFact[] _facts = new DatagramFact[4 * DatagramBurst.Capacity];
    private int _count;

    /// <summary>Who listens.</summary>
    public IDatagramWatcher Watcher => watcher;

    /// <summary>A question was answered by this backend at this time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Answered(in JournalEntry question, BackendId by, long at) => Add(
        DatagramStep.Ended, Outcome.Answered, question.Client, by, at, at - question.AskedAt);

    /// <summary>All that a question in the journal is owed has ended so.</summary>
    public void Ended(in JournalEntry question, Outcome outcome) =>
        Ended(question, outcome, plane.Lane(question.Lane).Id, question.Owed);

    /// <summary>So much of what a question is owed has ended so.</summary>
    public void Ended(in JournalEntry question, Outcome outcome, BackendId backend, int times)
    {
        var now = plane.Clock.UtcTicks;
        for (var i = 0; i < times; i++)
        {
            Add(DatagramStep.Ended, outcome, question.Client, backend, now,
                now - question.AskedAt);
        }
    }

    /// <summary>A datagram has ended before it was under way.</summary>
    public void Ended(ClientEndpoint client, Outcome outcome) => Add(
        DatagramStep.Ended, outcome, client, default, plane.Clock.UtcTicks,
        DatagramFact.NoLatency);

    /// <summary>The kernel has refused so many answers, of the batch that was told last.</summary>
    public void NotSent(int answers)
    {
        while (answers-- > 0)
        {
            Add(DatagramStep.Ended, Outcome.AnswerNotSent, null, default, plane.Clock.UtcTicks,
                DatagramFact.NoLatency);
        }
    }

    /// <summary>This becomes of all that a question is owed.</summary>
    public void Passes(DatagramStep step, in JournalEntry question, BackendId backend)
    {
        var now = plane.Clock.UtcTicks;
        for (var i = 0; i < question.Owed; i++)
            Add(step, default, question.Client, backend, now, now - question.AskedAt);
    }

    /// <summary>An answer for nobody.</summary>
    public void Stray(ClientEndpoint to, BackendId by) => Add(
        DatagramStep.Stray, default, to, by, plane.Clock.UtcTicks, DatagramFact.NoLatency);

    /// <summary>Hands over what there is.</summary>
    public void EndOfBurst()
    {
        if (_count == 0)
            return;
        var count = _count;
        _count = 0;
        watcher.Saw(_facts.AsSpan(0, count));
    }

    private void Add(
        DatagramStep step, Outcome outcome, ClientEndpoint? client, BackendId backend, long at,
        long latency)
    {
        if (_count == _facts.Length)
            EndOfBurst();
        _facts[_count++] = new()
        {
            At = at,
            Latency = latency,
            Client = client,
            Backend = backend,
            Step = step,
            Outcome = outcome,
        };
    }
}
