namespace Balancer.Rx;

// OTHER SETTINGS, while it runs: an input like any other, so it crosses the seam, and a recording
// has it. All parts take it over in the same turn. What is being waited for is waited for as it was
// set; what comes after goes by the new settings.
//
// Not taken over: what memory, tables and periodic timers were made by (MaxRemotes, RingBytes,
// ListEvery, Backup and so on): these stay as they were, whatever is said.
public sealed partial class ControlPlane
{
    private BalancerOptions _options;

    private void Settle(BalancerOptions options)
    {
        _options = options;
        _forwarder.Settle(options);
        Streams.Settle(options);
        Remotes.Settle(options);
        Heed(options.Policy);
        foreach (var session in Sessions.Items.OrderBy(session => session.Made))
            session.Settle(options);
    }
}
