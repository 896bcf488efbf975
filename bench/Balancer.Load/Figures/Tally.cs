using Balancer.Daemon.Native;
using Balancer.Load.Asking;

namespace Balancer.Load.Figures;

/// <summary>
/// What has become of everything. At the end <c>Sent == Answered + Lost</c>; the other counts are
/// of answers that answered nothing, and of queries that never left.
/// </summary>
sealed class Tally
{
    /// <summary>Queries that the kernel took.</summary>
    public long Sent { get; set; }

    /// <summary>Of those: answered in time, as they should be.</summary>
    public long Answered { get; private set; }

    /// <summary>Of the answered: those that waited for over a second, after which a resolver
    /// asks again or elsewhere.</summary>
    public long Slow { get; private set; }

    /// <summary>Of those sent: given up.</summary>
    public long Lost { get; set; }

    /// <summary>Answers to queries that had been answered before.</summary>
    public long Doubled { get; private set; }

    /// <summary>Answers to queries that had been given up before.</summary>
    public long Late { get; private set; }

    /// <summary>Answers that nobody asked for.</summary>
    public long Wrong { get; private set; }

    /// <summary>Queries that the kernel would not send; connections that came to nothing.</summary>
    public long Refused { get; private set; }

    /// <summary>Why the first of them was refused.</summary>
    public Errno FirstRefusal { get; private set; }

    /// <summary>When the last answer came.</summary>
    public long LastAnswer { get; private set; }

    /// <summary>From sending to the answer.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>From when the query was due to the answer: a server that makes its clients wait
    /// with their questions is not quicker for that.</summary>
    public Histogram FromDue { get; } = new();

    /// <summary>What an answer was; the times are those of its query.</summary>
    public void Count(Verdict verdict, long sent, long due, long now)
    {
        switch (verdict)
        {
            case Verdict.Answered:
                Answered++;
                Latency.Add(now - sent);
                FromDue.Add(now - due);
                if (now - sent > Clock.Second)
                    Slow++;
                LastAnswer = now;
                break;
            case Verdict.Doubled:
                Doubled++;
                break;
            case Verdict.Late:
                Late++;
                break;
            case Verdict.Wrong:
                Wrong++;
                break;
        }
    }

    /// <summary>So many queries were refused for this reason.</summary>
    public void Refuse(int count, Errno error)
    {
        if (Refused == 0)
            FirstRefusal = error;
        Refused += count;
    }
}

/// <summary>What an answer is.</summary>
enum Verdict
{
    /// <summary>To no query of ours, or not from whom it was asked, or no answer at all.</summary>
    Wrong,

    /// <summary>The first to a query that waits for it.</summary>
    Answered,

    /// <summary>To a query that has been answered.</summary>
    Doubled,

    /// <summary>To a query that has been given up.</summary>
    Late,
}
