using System.Collections.ObjectModel;
using System.Net;
using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Recordings;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Settings;
using Balancer.Daemon.Sockets;
using Balancer.Rx;

namespace Balancer.Daemon;

/// <summary>What the operator asked for: the listeners, the core, the log.</summary>
internal sealed record DaemonOptions
{
    /// <summary>The addresses to listen on, none twice (C2; the original took one).</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [IPAddress.Any];

    /// <summary>The port, for UDP and TCP alike (C3).</summary>
    public int Port { get; init; } = 53;

    /// <summary>Listeners that were handed over, instead of binding any; addresses and port are
    /// theirs then. Null: none were.</summary>
    public GivenSockets? Given { get; init; }

    /// <summary>How many loops share the clients, each on a thread of its own.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Whose sockets may be backends, by number, besides root's and our own.</summary>
    public IReadOnlyList<uint> BackendUsers { get; init; } = [];

    /// <summary>Whom to be once all is bound; null: whoever we are.</summary>
    public Account? User { get; init; }

    /// <summary>Everybody may write to the socket directory.</summary>
    public bool WritableDirectory { get; init; }

    /// <summary>
    /// The core's options, with the socket directory as it was given (C5). Not yet checked: who
    /// serves draws the seeds first.
    /// </summary>
    public BalancerOptions Core { get; init; } = BalancerOptions.Default;

    /// <summary>The core's defaults are the original's.</summary>
    public bool IsCompat { get; init; }

    /// <summary>Clients that one backend shall serve, by the name of its socket.</summary>
    public IReadOnlyDictionary<ClientAddress, string> Pins { get; init; } =
        ReadOnlyDictionary<ClientAddress, string>.Empty;

    /// <summary>Where all of this was read, and can be read anew; null: nowhere.</summary>
    public Configured? Configured { get; init; }

    /// <summary>How to log.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>Where to be looked at and given orders.</summary>
    public DoorOptions Door { get; init; } = new();

    /// <summary>What is kept of what came in lately.</summary>
    public FlightOptions Flight { get; init; } = new();

    /// <summary>What is done elsewhere when something has happened here.</summary>
    public IReadOnlyList<HookOptions> Hooks { get; init; } = [];
}

/// <summary>What was asked of the demo.</summary>
internal sealed record DemoOptions
{
    /// <summary>The port to try first.</summary>
    public int Port { get; init; } = 5300;

    /// <summary>How to log; quietly, so that who went where can be read.</summary>
    public LogOptions Log { get; init; } = new(LogLevel.Warn);
}
