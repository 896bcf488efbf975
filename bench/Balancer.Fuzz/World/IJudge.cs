using Balancer.Rx;
using Balancer.Rx.Protocol;

namespace Balancer.Fuzz.World;

/// <summary>Who looks at what comes out of a <see cref="FuzzWorld"/>. Must not allocate.</summary>
internal interface IJudge
{
    /// <summary>A backend, by its place, has been sent a datagram.</summary>
    void Asked(int backend, in Frame datagram);

    /// <summary>An answer goes to a client.</summary>
    void Answered(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload);
}
