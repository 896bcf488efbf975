namespace Balancer.Rx;

// Weights and standbys are read from one place, so that they can change while it runs.
public sealed partial class ControlPlane
{
    /// <summary>
    /// Goes by this from now on: in the same turn newcomers, stand-ins and carriers do; clients
    /// that belong elsewhere now are given there in shares, from the next turn on. Of those that
    /// were dealt out, only a new standby's move; a weight has effect on who comes, and on the load
    /// that is evened.
    /// </summary>
    internal void Heed(BackendPolicy policy)
    {
        if (!_policies.Value.SaysTheSameAs(policy))
            _policies.OnNext(policy);
    }
}
