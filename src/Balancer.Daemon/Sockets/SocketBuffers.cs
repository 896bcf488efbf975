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
}
