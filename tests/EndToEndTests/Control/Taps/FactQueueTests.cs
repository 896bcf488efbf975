using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Taps;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Control.Taps;

public sealed class FactQueueTests
{
    [Fact]
    public void Facts_come_out_as_they_went_in_and_those_that_do_not_fit_are_counted() =>
        Gen.Int[-20, 20].Array.Sample(steps =>
        {
            var queue = new FactQueue(16);
            var (model, next, dropped) = (new Queue<long>(), 0L, 0L);
            foreach (var step in steps)
            {
                for (var i = 0; i < step; i++, next++)
                {
                    queue.Add(Fact(next));
                    if (model.Count < 16)
                        model.Enqueue(next);
                    else
                        dropped++;
                }
                var taken = new CaughtFact[Math.Max(0, -step)];
                var count = queue.Take(taken);
                Assert.Equal(Math.Min(taken.Length, model.Count), count);
                for (var i = 0; i < count; i++)
                    Assert.Equal(model.Dequeue(), taken[i].At);
                Assert.Equal((model.Count, dropped), (queue.Count, queue.Dropped));
            }
        });

    [Fact]
    public void Its_length_is_rounded_up_to_a_power_of_two() =>
        Assert.Equal(2_048, new FactQueue(4_096 / 3).Length);

    [Fact]
    public async Task A_reader_on_another_thread_sees_each_fact_once_and_in_order()
    {
        const long facts = 1_000_000;
        var queue = new FactQueue(64);
        var writing = Task.Run(
            () =>
            {
                for (var i = 0L; i < facts; i++)
                    queue.Add(Fact(i));
            },
            TestContext.Current.CancellationToken);
        var (last, read) = (-1L, 0L);
        var batch = new CaughtFact[50];
        var isOver = false;
        while (true)
        {
            var count = queue.Take(batch);
            for (var i = 0; i < count; i++)
            {
                Assert.True(batch[i].At > last);
                last = batch[i].At;
            }
            read += count;
            if (count == 0 && isOver)
                break;
            isOver = writing.IsCompleted;
        }
        await writing;
        Assert.Equal(facts, read + queue.Dropped);
    }

    static CaughtFact Fact(long at) => new(0, at, new(FactKind.Query), null);
}
