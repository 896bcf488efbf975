namespace Balancer.Load.Asking;

/// <summary>How queries get to the server and answers back.</summary>
interface ICarrier : IDisposable
{
    /// <summary>How many it sends at once at most.</summary>
    int Burst { get; }

    /// <summary>Answers that our own sockets had no room for: our loss, not the server's.</summary>
    long Dropped { get; }

    /// <summary>Asks so many.</summary>
    void Send(int count, long now);

    /// <summary>Takes what is ready where this word was left with epoll.</summary>
    void Serve(ulong word);

    /// <summary>Ends a query that has waited too long.</summary>
    void GiveUp(int id);
}
