namespace Balancer.Rx.Streams;

/// <summary>Where one client connection stands, as seen through one backend.</summary>
public abstract record StreamState
{
    private StreamState() { }

    /// <summary>A connection to the backend is being made.</summary>
    public sealed record Opening : StreamState
    {
        internal static readonly Opening It = new();
    }

    /// <summary>Connected; INBOUND_TCP is on its way and INBOUND_TCP_OK is awaited (T4).</summary>
    public sealed record Confirming : StreamState
    {
        internal static readonly Confirming It = new();
    }

    /// <summary>Bytes go verbatim both ways; either side may have ended its half (T5).</summary>
    /// <param name="ClientEnded">The client has said all it had to say.</param>
    /// <param name="BackendEnded">The backend has.</param>
    public sealed record Splicing(bool ClientEnded, bool BackendEnded) : StreamState
    {
        private static readonly Splicing[] All =
            [new(false, false), new(true, false), new(false, true), new(true, true)];

        /// <summary>One half is closed: the other is given less patience (W4).</summary>
        public bool IsHalfClosed => ClientEnded || BackendEnded;

        /// <summary>The same values without an allocation per turn.</summary>
        internal static Splicing Of(bool clientEnded, bool backendEnded) =>
            All[(clientEnded ? 1 : 0) + (backendEnded ? 2 : 0)];
    }

    /// <summary>This backend could not take the connection; another may.</summary>
    /// <param name="Error">Why, for people.</param>
    public sealed record Refused(string Error) : StreamState;

    /// <summary>It is over.</summary>
    /// <param name="End">How it ended.</param>
    public sealed record Done(StreamEnd End) : StreamState;

    /// <summary>Nothing more will come through this backend.</summary>
    public bool IsOver => this is Refused or Done;
}
