namespace Balancer.Rx.Streams;

/// <summary>What a connection waits for, and until when.</summary>
/// <param name="Connection">Its number (T8).</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Backend">Who answers it, or is being asked to; null before the first.</param>
/// <param name="Patience">What its state waits for.</param>
/// <param name="Since">Since when it does.</param>
/// <param name="Due">When it ends, if nothing happens.</param>
internal readonly record struct StreamWait(
    long Connection, ClientEndpoint Client, BackendId? Backend, StreamPatience Patience,
    DateTimeOffset Since, DateTimeOffset Due);
