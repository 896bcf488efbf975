namespace Balancer.Daemon.Settings;

// What a running balancer can take over: of the core, that is what ControlPlane.Settings.cs says.
// Nothing that a table, a socket or a periodic timer was made by.
internal static partial class SettingsTable
{
    private static HashSet<string> WhileRunning =>
    [
        "probe", "probe-every", "probe-patience", "when-empty", "rebalance-budget", "weight",
        "standby", "allow",
        "rate-limit", "rate-slip", "rate-burst", "rate-limit-prefix-bits", "log-level",
        "hello-patience", "heartbeat-every", "heartbeat-patience", "back-off-ceiling",
        "back-off-jitter", "busy-retry", "suspect-after", "hold-down", "hold-down-ceiling",
        "slow-start", "stop-patience", "remote-idle", "rebalance-tolerance",
        "rebalance-cool-down", "displaced-per-second", "sweep-share", "filter-datagrams",
        "tcp-open-patience", "tcp-connect-attempts", "tcp-idle", "tcp-half-closed",
        "tcp-first-byte", "tcp-lifetime", "tcp-gives-way-after",
    ];
}
