using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.Daemon.Narration;

/// <summary>Where a backend stands, in a word: the same wherever people read it.</summary>
internal static class SessionWords
{
    /// <summary>The word.</summary>
    /// <param name="state">Of its session.</param>
    /// <param name="leaving">Why it leaves; null: it does not.</param>
    /// <param name="standsBy">It is a standby, and others carry.</param>
    public static string Of(
        Session state, LeavingBecause? leaving, bool standsBy = false) => state switch
        {
            Session.Live when leaving is LeavingBecause.Ordered => "drained",
            Session.Live when leaving is not null => "leaving",
            Session.Waiting => "waiting",
            Session.Absent => "absent",
            Session.Connecting => "connecting",
            Session.Greeting => "greeting",
            Session.Live { Fitness.IsAiling: true } => "ailing",
            Session.Live { Trust: Trust.Suspect } => "suspect",
            Session.Live { Trust: Trust.HeldDown } => "held down",
            Session.Live { Trust: Trust.Warming } => "warming up",
            Session.Live => standsBy ? "standby" : "live",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
}
