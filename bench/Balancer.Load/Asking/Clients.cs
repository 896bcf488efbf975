using System.Net;
using Balancer.Daemon.Native;

namespace Balancer.Load.Asking;

/// <summary>The source addresses, one behind the other. Each asks so many queries in a row, then
/// it is the next one's turn: the number of a query says whose it is.</summary>
readonly struct Clients(IPAddress first, int count, int inARow)
{
    readonly uint _first = new SockAddrIn(new IPEndPoint(first, 0)).Address;

    /// <summary>Whose query this is, in network order.</summary>
    public uint Of(long number) => SockAddrIn.Swap(_first + (uint)(number / inARow % count));

    /// <summary>The last address; null if there are not so many behind the first.</summary>
    public IPAddress? Last
    {
        get
        {
            var last = _first + (long)count - 1;
            return last <= uint.MaxValue ? new(SockAddrIn.Swap((uint)last)) : null;
        }
    }
}
