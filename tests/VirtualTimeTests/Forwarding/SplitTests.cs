using Balancer.Rx;
using Balancer.Rx.Backends;
using CsCheck;

namespace Balancer.VirtualTimeTests.Forwarding;

// Frames arrive split anywhere, and a ring is written round and round (F11).
public class SplitTests
{
    [Fact]
    public void Answers_that_arrive_in_pieces_of_any_size_are_all_heard()
    {
        for (var piece = 1; piece <= 40; piece++)
        {
            var world = new World(World.Small);
            world.Backend(5301).ReadAtMost = piece;
            world.Backend(5301).Answer = Sized;
            world.With(5301);
            var client = world.Client("10.0.0.1");
            for (var id = 1; id <= 20; id++)
                client.Asks(id);
            world.Run(1.Seconds());
            Assert.Equal(
                Enumerable.Range(1, 20), client.Answers.Select(a => Message.IdOf(a.Payload)));
            Assert.All(client.Answers, a => Assert.Equal(Sized(a.Payload, 0), a.Payload));
            Assert.IsType<Session.Live>(world.Session(5301));
        }
    }

    [Fact]
    public void A_stream_cut_at_any_byte_is_heard_as_if_it_were_not()
    {
        var answers = Enumerable.Range(1, 3)
            .Select(id => Message.Answer(Message.Question(id), 5301));
        for (var cut = 0; cut <= 3 * 32; cut++)
        {
            var world = new World(World.Small);
            var backend = world.Backend(5301);
            backend.AnswerAfter = null;
            world.With(5301);
            var client = world.Client("10.0.0.1").Asks(1).Asks(2).Asks(3);
            world.Settle();
            foreach (var answer in answers)
                backend.Says(client.Endpoint, answer);
            backend.Link.ReadAtMost = cut;
            world.Scheduler.AdvanceBy(1);
            backend.Link.ReadAtMost = int.MaxValue;
            world.Settle();
            Assert.Equal(3, client.Answers.Count);
        }
    }

    [Fact]
    public void A_ring_that_wraps_many_times_keeps_every_byte() =>
        Gen.Select(Gen.Byte.Array[12, 1_500].Array[40, 80], Gen.Int[0, 5_000].Array[80])
            .Sample((queries, rooms) =>
            {
                var world = new World(World.Small).With(5301);
                var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
                for (var i = 0; i < queries.Length; i++)
                {
                    queries[i][2] &= 0x7F;
                    client.Sends(queries[i]);
                    world.Settle();
                    backend.Link.Takes(rooms[i]);
                    world.Settle();
                    backend.Link.Takes(int.MaxValue);
                    world.Settle();
                }
                Assert.Equal(queries, backend.Queries.Select(query => query.Data));
                Assert.True(queries.Sum(query => query.Length) > 4 * world.Options.RingBytes);
            }, iter: 20);

    // Its length depends on the id, from an empty answer's header to some hundred bytes.
    static byte[] Sized(byte[] question, int mark)
    {
        var id = Message.IdOf(question);
        var answer = new byte[12 + id * 5];
        answer.AsSpan().Fill((byte)id);
        question.AsSpan(0, 2).CopyTo(answer);
        return answer;
    }
}
