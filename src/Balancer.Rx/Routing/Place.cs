namespace Balancer.Rx.Routing;

/// <summary>A backend as the data plane sees it.</summary>
internal struct Place
{
    /// <summary>Whose place it is; 0: nobody's.</summary>
    public BackendId Id;

    /// <summary>The lane that carries its queries; -1: it cannot carry.</summary>
    public int Lane;

    /// <summary>How many remotes have it as their primary (X1).</summary>
    public int Remotes;

    /// <summary>How many remotes have it as their stored backup (compat only).</summary>
    public int Backups;
}
