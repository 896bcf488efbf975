using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>How much the kernel may keep for a socket.</summary>
static class SocketBuffers
{
    /// <summary>
    /// Asks for these sizes; the privileged get them, others as much as the system's limit allows.
    /// Either is fine, so no refusal matters.
    /// </summary>
    public static void Enlarge(int fd, int send, int receive)
    {
        if (LibC.SetSockOpt(fd, SockOption.SendBufferForce, send).IsError)
            LibC.SetSockOpt(fd, SockOption.SendBuffer, send);
        if (LibC.SetSockOpt(fd, SockOption.ReceiveBufferForce, receive).IsError)
            LibC.SetSockOpt(fd, SockOption.ReceiveBuffer, receive);
    }

    /// <summary>
    /// The same for a socket of somebody else's, who may have given it more than that or, being
    /// privileged, more than we could give back: it never gets less.
    /// </summary>
    public static void EnlargeGiven(int fd, int send, int receive)
    {
        if (IsLess(SockOption.SendBuffer, send))
            LibC.SetSockOpt(fd, SockOption.SendBufferForce, send);
        if (IsLess(SockOption.ReceiveBuffer, receive))
            LibC.SetSockOpt(fd, SockOption.ReceiveBufferForce, receive);

        // The kernel keeps, and tells, twice what was asked for.
        bool IsLess(SockOption option, int wanted) =>
            !LibC.GetSockOpt(fd, option, out int now).IsError && now / 2 < wanted;
    }
}
