using Balancer.Rx;
using Serilog.Events;

namespace Balancer.Daemon.Narration;

// Trust: who is silent, who is back, who leaves.
internal sealed partial class Narrator
{
    private bool OfTrust(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendSuspected e:
                At(LogEventLevel.Warning, e.Id)?.With("silent_ms", e.Silent)
                    .Say("backend is silent (others serve its remotes)");
                return true;
            case BalancerEvent.BackendStirred e:
                At(LogEventLevel.Information, e.Id)?.With("after_ms", e.After)
                    .Say("silent backend heard again");
                return true;
            case BalancerEvent.BackendTrusted e:
                At(LogEventLevel.Information, e.Id)?.With("after_ms", e.After)
                    .Say("backend has its remotes back");
                return true;
            case BalancerEvent.BackendAiling e:
                At(LogEventLevel.Warning, e.Id)?
                    .With("probe", e.Probe)
                    .With("answer", e.Rcode is { } rcode ? QueryProbe.NameOf(rcode) : "none")
                    .Say("backend fails its probe (others serve its remotes)");
                return true;
            case BalancerEvent.BackendWell e:
                At(LogEventLevel.Information, e.Id)?.Say("backend passes its probe again");
                return true;
            case BalancerEvent.BackendLeaving e:
                At(LogEventLevel.Information, e.Id)?.With("cause", Field.Of(e.Reason))
                    .Say("backend leaves (no new queries)");
                return true;
            case BalancerEvent.BackendOwes e:
                At(LogEventLevel.Information, e.Id)?.With("owed", e.Answers)
                    .Say("leaving backend owes answers");
                return true;
            case BalancerEvent.BackendDrained e:
                At(LogEventLevel.Information, e.Id)?.With("after_ms", e.After)
                    .Say("leaving backend owes nothing");
                return true;
            case BalancerEvent.BackendStays e:
                At(LogEventLevel.Information, e.Id)?.Say("backend stays");
                return true;
            case BalancerEvent.BackendReplaced e:
                At(LogEventLevel.Information, e.Id)?.Say("backend replaced (connecting)");
                return true;
            case BalancerEvent.CommandRefused e:
                OfRefusal(e);
                return true;
            default:
                return false;
        }
    }

    private void OfRefusal(BalancerEvent.CommandRefused e)
    {
        var line = Warn?.With("command", Field.Of(e.Command));
        if (e.Id != default)
            line = line?.With("be_id", e.Id.Value);
        if (e.Client != default)
            line = line?.With("remote_ip", $"{e.Client}");
        line?.Say(e.Reason switch
        {
            RefusedBecause.UnknownBackend => "command names a backend that is not known",
            RefusedBecause.UnknownClient => "command names a client that has not asked lately",
            RefusedBecause.PinnedElsewhere =>
                "command moves a client that is pinned to another backend",
            RefusedBecause.ChosenByWeight =>
                "command moves a client whose backend is chosen by rendezvous weight",
            RefusedBecause.NotPinned => "command unpins a client that is not pinned",
            _ => "command pins a client, and no more can be pinned",
        });
    }
}
