namespace Balancer.Rx.Routing;

/// <summary>A backend as the data plane sees it.</summary>
internal struct Place
{
    /// <summary>Whose place it is; 0: nobody's.</summary>
    public BackendId Id;

    /// <summary>The lane that carries its queries; -1: it cannot carry.</summary>
    public int Lane;

    /// <summary>How much it carries, beside others that do.</summary>
    public int Weight;

    /// <summary>0: it is no standby; else its order among these.</summary>
    public int Order;

    /// <summary>How many of its remotes it is to be given; see <see cref="BackendShare"/>.
    /// </summary>
    public int Given;

    /// <summary>How many it is given, seen what others are; 0 if it cannot carry.</summary>
    public int Parts;

    /// <summary>How many remotes have it as their primary (X1).</summary>
    public int Remotes;

    /// <summary>How many remotes have it as their stored backup (compat only).</summary>
    public int Backups;
}
