// A FIXED RUN: bursts in, their answers out, through the whole core in a world that only counts.
//
//   balancer-guard BURSTS
//
// Four backends, 1,024 clients that are known, 64 datagrams a burst. bench/guard runs it under an
// instruction counter. It fails by itself if a datagram is not answered, or costs memory.

using System.Globalization;
using Balancer.Micro;
using Balancer.Rx.Forwarding;

const int Backends = 4, Clients = 1_024, Warm = 2 * Clients / DatagramBurst.Capacity;
const int Failed = 1, Misused = 2;

if (args is not [var word]
    || !int.TryParse(word, CultureInfo.InvariantCulture, out var bursts) || bursts <= 0)
{
    Console.Error.WriteLine("balancer-guard: say how many bursts, a positive number");
    return Misused;
}

using var world = new World(Backends, Clients);
Run(Warm);
var before = GC.GetAllocatedBytesForCurrentThread();
Run(bursts);
var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

var outcomes = world.Control.Data.Outcomes;
var expected = (long)(Warm + bursts) * DatagramBurst.Capacity;
if (outcomes.Received != expected || outcomes[Outcome.Answered] != expected)
{
    Console.Error.WriteLine(
        $"balancer-guard: {expected} datagrams were sent, {outcomes.Received} received and "
        + $"{outcomes[Outcome.Answered]} answered; all of them should be");
    return Failed;
}
if (allocated != 0)
{
    Console.Error.WriteLine(
        $"balancer-guard: {bursts} bursts and their answers have allocated {allocated} bytes; "
        + "the data path allocates nothing");
    return Failed;
}
return 0;

void Run(int count)
{
    for (var i = 0; i < count; i++)
    {
        world.AskBurst();
        world.AnswerBurst();
    }
}
