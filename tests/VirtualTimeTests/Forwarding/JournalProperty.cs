using Balancer.Rx;
using Balancer.Rx.Forwarding;
using CsCheck;

namespace Balancer.VirtualTimeTests.Forwarding;

// The journal against a list: a tiny table, few keys, so that all collide, the circle wraps and,
// in two runs of three, grows on the way.
public class JournalProperty
{
    const int Size = 8;

    static readonly Gen<(int Kind, int Key, int Lane, int Wait)> Step =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[0, 4]);

    [Fact]
    public void It_is_a_list_of_questions_of_which_the_oldest_leave() =>
        Gen.Select(Step.Array[0, 300], Gen.ULong, Gen.Int[1, 3]).Sample(
        (steps, secret, doublings) =>
        {
            var options = BalancerOptions.Default with { JournalEntries = Size, HashSeed = secret };
            var outcomes = new Outcomes();
            var journal = new Journal(options, outcomes, 1 << doublings);
            var model = new Model();
            var now = World.Dawn.UtcTicks;
            foreach (var (kind, number, lane, wait) in steps)
            {
                // Keys differ in their low bits only, as the ids of one client do.
                var key = 0x0A000001_0FA0_0000ul + (ulong)number;
                now += wait * TimeSpan.TicksPerSecond / 2;
                Take(kind, key, (ushort)lane, now, journal, model);
                Assert.Equal(model.InFlight, journal.InFlight);
                Assert.Equal(model.Expired, outcomes[Outcome.Expired]);
                Assert.Equal(model.Displaced, outcomes[Outcome.Displaced]);
                Assert.Equal(model.Lost, outcomes[Outcome.Lost]);
            }
        }, iter: 3_000);

    static void Take(int kind, ulong key, ushort lane, long now, Journal journal, Model model)
    {
        switch (kind)
        {
            case < 5:
                journal.Ask(new()
                {
                    Key = key,
                    Lane = lane,
                    Former = JournalEntry.NoLane,
                    Owed = 1,
                    Asked = 1,
                    Listener = (byte)(kind % 2),
                    Local = (uint)(kind % 2),
                    AskedAt = now,
                });
                model.Ask(key, lane, (byte)(kind % 2), now);
                break;
            case < 8:
                var expected = model.Answer(key, lane);
                Assert.Equal(expected is not null, journal.TryAnswer(key, lane, out var question));
                if (expected is null)
                    break;
                Assert.Equal(expected.AskedAt, question.AskedAt);
                Assert.Equal(expected.Listener, question.Listener);
                Assert.Equal(expected.Listener, question.Local);
                break;
            case 8:
                journal.Retire(now);
                model.Retire(now);
                break;
            default:
                for (var at = journal.NextOf(lane, 0); at >= 0; at = journal.NextOf(lane, at + 1))
                    journal.End(at, Outcome.Lost);
                model.Settle(lane);
                break;
        }
    }

    sealed class Entry(ulong key, ushort lane, byte listener, long askedAt)
    {
        public ulong Key => key;
        public ushort Lane => lane;
        public byte Listener => listener;
        public long AskedAt => askedAt;
        public int Owed { get; set; } = 1;
    }

    sealed class Model
    {
        static readonly long Patience = BalancerOptions.Default.AnswerPatience.Ticks;
        static readonly long Retransmission = BalancerOptions.Default.ReplayAge.Ticks / 2;
        readonly List<Entry> _entries = [];

        public int InFlight => _entries.Sum(entry => entry.Owed);
        public long Expired { get; private set; }
        public long Displaced { get; private set; }
        public long Lost { get; private set; }

        public void Ask(ulong key, ushort lane, byte listener, long now)
        {
            var again = _entries.Find(entry => entry.Key == key && entry.Lane == lane
                && entry.Listener == listener && entry.Owed > 0
                && now - entry.AskedAt < Retransmission);
            if (again is { } known)
            {
                known.Owed++;
                return;
            }
            if (_entries.Count == Size)
            {
                Displaced += _entries[0].Owed;
                _entries.RemoveAt(0);
            }
            _entries.Add(new(key, lane, listener, now));
        }

        public Entry? Answer(ulong key, ushort lane)
        {
            var entry = Waiting(key, lane);
            if (entry is not null)
                entry.Owed--;
            return entry;
        }

        public void Retire(long now)
        {
            while (_entries.Count > 0
                && (_entries[0].Owed == 0 || now - _entries[0].AskedAt >= Patience))
            {
                Expired += _entries[0].Owed;
                _entries.RemoveAt(0);
            }
        }

        public void Settle(ushort lane)
        {
            foreach (var entry in _entries.Where(entry => entry.Lane == lane))
            {
                Lost += entry.Owed;
                entry.Owed = 0;
            }
        }

        Entry? Waiting(ulong key, ushort lane) => _entries.Find(
            entry => entry.Key == key && entry.Lane == lane && entry.Owed > 0);
    }
}
