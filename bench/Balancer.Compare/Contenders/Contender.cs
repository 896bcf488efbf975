using Balancer.Compare.Running;

namespace Balancer.Compare.Contenders;

/// <summary>How a contender reaches its backends.</summary>
enum Behind
{
    /// <summary>The balancer's frames over AF_UNIX sockets, all in one directory.</summary>
    Sockets,

    /// <summary>DNS over UDP and TCP on ports of 127.0.0.1.</summary>
    Ports,
}

/// <summary>Where a contender is to stand.</summary>
/// <param name="Directory">A directory of its own, for configuration.</param>
/// <param name="Port">Where it listens on 127.0.0.1.</param>
/// <param name="Sockets">The directory of the backends' sockets.</param>
/// <param name="Backends">The ports of the backends.</param>
sealed record Place(string Directory, int Port, string Sockets, IReadOnlyList<int> Backends);

/// <summary>Something that stands in front of four backends.</summary>
/// <param name="Name">In tables and arguments.</param>
/// <param name="Description">What it is and how it is set up.</param>
/// <param name="Behind">How it reaches the backends.</param>
/// <param name="Start">Writes what configuration it needs, and says how to start it.</param>
sealed record Contender(
    string Name, string Description, Behind Behind, Func<Place, Command> Start);
