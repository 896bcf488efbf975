namespace Balancer.Rx.Routing;

/// <summary>What the data plane asks of the control plane when the table has no answer.</summary>
public interface IAdmission
{
    /// <summary>
    /// Admits these clients as remotes, all in one edit; when it returns, those that were admitted
    /// have their routes. Clients for whom nothing can be decided (no backend, table full) are left
    /// out. The same address may occur twice.
    /// </summary>
    void Admit(ReadOnlySpan<ClientAddress> clients);
}
