namespace Balancer.Rx.Streams;

/// <summary>How one client connection stands at a moment (X3).</summary>
/// <param name="Connection">Its number (T8).</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Backend">Who answers it, or is being asked to; null before the first.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BytesIn">Bytes read from the client.</param>
/// <param name="BytesOut">Bytes written to the client.</param>
/// <param name="HeldIn">Bytes held here for the backend.</param>
/// <param name="HeldOut">Bytes held here for the client.</param>
public readonly record struct StreamSnapshot(
    long Connection,
    ClientEndpoint Client,
    BackendId? Backend,
    StreamState State,
    long BytesIn,
    long BytesOut,
    int HeldIn,
    int HeldOut);
