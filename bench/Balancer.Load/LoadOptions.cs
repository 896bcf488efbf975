using System.Net;

namespace Balancer.Load;

/// <summary>Who is asked, by how many, how much, and for how long.</summary>
sealed record LoadOptions
{
    /// <summary>A DNS id is two bytes, and each names one query that is outstanding.</summary>
    public const int MostOutstanding = 1 << 16;

    /// <summary>What ten hexadecimal digits can number.</summary>
    public const long MostQueries = 1L << 40;

    /// <summary>The server.</summary>
    public required IPEndPoint To { get; init; }

    /// <summary>A connection for each query, instead of datagrams.</summary>
    public bool OverTcp { get; init; }

    /// <summary>How long queries are sent, unless <see cref="Count"/> ends it before.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many queries are asked, unless <see cref="For"/> ends it before.</summary>
    public long Count { get; init; } = MostQueries;

    /// <summary>Queries that wait for an answer, at most.</summary>
    public int Outstanding { get; init; } = 128;

    /// <summary>Queries a second that fall due, whatever the server does (open loop); null: as many
    /// as are answered (closed loop).</summary>
    public int? Rate { get; init; }

    /// <summary>How many source addresses take turns.</summary>
    public int Clients { get; init; } = 1;

    /// <summary>The first source address; the others follow it.</summary>
    public IPAddress FirstClient { get; init; } = IPAddress.Loopback;

    /// <summary>How many source ports each client has.</summary>
    public int Ports { get; init; } = 1;

    /// <summary>How many queries in a row are of one client, and may leave as one train.</summary>
    public int Train { get; init; } = 1;

    /// <summary>A query unanswered for so long is lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What all names that are asked for end in.</summary>
    public string Name { get; init; } = "load.example";

    /// <summary>The result for programs.</summary>
    public bool AsJson { get; init; }
}
