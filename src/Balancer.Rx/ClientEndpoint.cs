namespace Balancer.Rx;

/// <summary>Where a query came from and where its answer goes: an address and a port.</summary>
/// <param name="Address">The client's IPv4 address.</param>
/// <param name="Port">Its port in host order.</param>
public readonly record struct ClientEndpoint(ClientAddress Address, ushort Port)
{
    /// <summary>As people write it: <c>10.0.0.7:5353</c>.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
