using Balancer.Rx;
using Balancer.Rx.Remotes;
using CsCheck;

namespace Balancer.VirtualTimeTests.Remotes;

// The queue of those on probation against a plain one.
public class ProbationProperty
{
    [Fact]
    public void It_is_a_queue_of_bounded_length_from_which_the_oldest_fall() =>
        Gen.Select(Gen.Int[1, 1_000], Gen.Int[0, 3].Array[0, 4_000]).Sample((limit, steps) =>
        {
            var probation = new Probation(limit);
            var plain = new Queue<ClientAddress>();
            var next = 0u;
            foreach (var step in steps)
            {
                if (step == 0 && plain.Count > 0)
                {
                    Assert.Equal(plain.Peek(), probation.Oldest);
                    Assert.Equal(plain.Dequeue(), probation.TakeOldest());
                }
                else
                {
                    probation.Add(new(++next));
                    plain.Enqueue(new(next));
                    if (plain.Count > limit)
                        plain.Dequeue();
                }
                Assert.Equal(plain.Count, probation.Count);
            }
            while (plain.TryDequeue(out var oldest))
                Assert.Equal(oldest, probation.TakeOldest());
        }, iter: 300);
}
