using Balancer.Rx;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>What each fault does to the world.</summary>
static class Troubles
{
    /// <summary>The type and the length of a datagram that nobody may send.</summary>
    static readonly byte[] TooLong = [0xEA, 3, 0, 0, 1, 0, 0, 10, 1, 0, 0, 0, 0xDD, 5, 0, 0];

    public static void Happen(this Fault fault, Stage stage)
    {
        var temper = stage.Tempers[fault.Backend];
        var backend = temper.Backend;
        var amount = fault.Amount;
        switch (fault.What)
        {
            case Trouble.Kill: backend.Dies(); break;
            case Trouble.Listen: backend.Listens(); break;
            case Trouble.Stop: backend.Stalls(); break;
            case Trouble.Resume: backend.Resumes(); break;
            case Trouble.Unlink: backend.Vanishes(); break;
            case Trouble.Recreate: backend.Recreates(); break;

            case Trouble.Slow: temper.IsSlow((amount * 4).Milliseconds()); break;
            case Trouble.Mute: temper.IsMute(); break;
            case Trouble.HelloSlow: backend.HelloAfter = (amount * 3).Milliseconds(); break;
            case Trouble.HelloNever: backend.HelloAfter = null; break;
            case Trouble.BeatSlow: backend.HeartbeatAfter = (amount * 3).Milliseconds(); break;
            case Trouble.BeatNever: backend.HeartbeatAfter = null; break;
            case Trouble.Busy: backend.Connecting = Connecting.IsBusy; break;
            case Trouble.Hang: backend.Connecting = Connecting.Hangs; break;
            case Trouble.Pieces: temper.ReadAtMost(1 + amount % 30); break;
            case Trouble.Heal: temper.Heal(); break;

            case Trouble.Unreadable: stage.World.Directory.Error = "EACCES"; break;
            case Trouble.Readable: stage.World.Directory.Error = null; break;
            case Trouble.Silent: stage.World.Directory.IsSilent = true; break;
            case Trouble.Hinting: stage.World.Directory.IsSilent = false; break;
            case Trouble.Stall: stage.Stalls((amount * 5).Milliseconds()); break;
            case Trouble.Flood: stage.Traffic.Flood(1 + amount / 5); break;
            case Trouble.Refuse: stage.Traffic.Refuse(amount); break;
            case Trouble.Accept: stage.Traffic.Accept(); break;
            case Trouble.Pause: stage.Traffic.Pause(amount, (amount * 20).Milliseconds()); break;

            case Trouble.Drain: stage.Commands(new BackendCommand.Drain(new(backend.Mark))); break;
            case Trouble.Enable:
                stage.Commands(new BackendCommand.Enable(new(backend.Mark)));
                break;
            case Trouble.DrainNobody:
                stage.Commands(new BackendCommand.Drain(new(9_000 + amount)));
                break;

            case Trouble.Pin or Trouble.Unpin or Trouble.Move:
                stage.Commands(OfClient(fault, stage, new(backend.Mark)));
                break;

            case Trouble.Impostor: Impostor(stage, temper, amount); break;

            default:
                if (temper.IsConnected)
                    Connected(fault.What, temper, amount);
                break;
        }
    }

    // Every third pin is for a time.
    static BackendCommand OfClient(Fault fault, Stage stage, BackendId backend)
    {
        var clients = stage.Traffic.Clients;
        var client = clients[fault.Amount % clients.Length].Address;
        TimeSpan? span = fault.Amount % 3 == 0 ? (fault.Amount * 5).Milliseconds() : null;
        return fault.What switch
        {
            Trouble.Pin => new BackendCommand.Pin(client, backend, span),
            Trouble.Unpin => new BackendCommand.Unpin(client),
            _ => new BackendCommand.Move(client, backend),
        };
    }

    static void Connected(Trouble what, Temper temper, int amount)
    {
        var backend = temper.Backend;
        var link = backend.Link;
        var last = backend.Heard.LastOrDefault(heard => heard.Type == FrameType.InboundUdp);
        switch (what)
        {
            case Trouble.Squeeze: link.Takes(amount % 300); break;
            case Trouble.Close: backend.CloseAll(); break;
            case Trouble.Break: link.Break(); break;
            case Trouble.Garbage: backend.SaysGarbage(); break;
            case Trouble.UnknownFrame: link.Say([(byte)amount, 0, 1, 0]); break;
            case Trouble.Oversized: link.Say(TooLong); break;
            case Trouble.HelloAgain: backend.Says(FrameType.ServerHello); break;
            case Trouble.BeatUnasked: backend.Says(FrameType.ServerHeartbeat); break;
            case Trouble.Stray when last is null: Stray(backend, amount); break;
            case Trouble.Stray: backend.Says(last.Client, last.Data); break;
            case Trouble.StrayPort when last is not null: temper.SaysStrayPort(last); break;
            case Trouble.HalfFrame when last is not null: temper.DiesWithin(last, amount); break;
            default: break;
        }
    }

    // It answers what another backend was asked last.
    static void Impostor(Stage stage, Temper temper, int amount)
    {
        var other = stage.Tempers[amount % stage.Tempers.Length].Backend;
        if (temper.IsConnected && other.Heard.LastOrDefault(heard =>
            heard.Type == FrameType.InboundUdp) is { } last)
        {
            temper.Backend.Says(
                last.Client, Question.Answered(last.Data, temper.Backend.Mark));
        }
    }

    static void Stray(SimulatedBackend backend, int amount) => backend.Says(
        new(new ClientAddress(0x0A000001u + (uint)amount % 9), 4_000),
        Question.Answered(Question.Write(0, amount, Question.Least), backend.Mark));
}
