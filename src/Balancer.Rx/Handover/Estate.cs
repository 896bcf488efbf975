// HANDOVER: what one process knows, for the one that takes its place.
//
// An upgrade without a restart: the new process gets the sockets, and this. It is the numbers of
// the backends, what operators have ordered, how far the backends are trusted, and the remotes with
// all that was counted and decided of them. A table of remotes may be large, so it goes over twice:
// all of it while the former process still serves, and, once that has stopped reading, only what
// has changed since (Bequest). Both are an estate, and the second is put on top of the first.
//
// Not in it: questions in flight and connections, which the former process finishes; the sessions
// to the backends, since the new one has its own by then.
//
// Not promised: that another version reads it. It says which one it is, and one that is of another
// version, damaged or cut off is refused as a whole, before anything of it has been taken over.

using System.Buffers.Binary;
using Balancer.Rx.Backends;
using Balancer.Rx.Recording;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;

namespace Balancer.Rx.Handover;

/// <summary>How far a backend is trusted, and why.</summary>
/// <param name="Id">Which.</param>
/// <param name="Failures">When it has failed lately.</param>
/// <param name="Trust">How far its session is trusted; null: it has none that is live.</param>
/// <param name="Fitness">What its probes say.</param>
internal sealed record BackendEstate(
    BackendId Id, FailuresMemory Failures, Trust? Trust, Fitness Fitness);

/// <summary>What is handed over of a loop.</summary>
/// <param name="IsLast">Nothing follows it: the former process reads no more.</param>
/// <param name="Numbers">The names of backends, and the numbers they have.</param>
/// <param name="Drained">What operators have ordered.</param>
/// <param name="Backends">How far each is trusted.</param>
/// <param name="Remotes">The clients; of a later estate, those that have changed.</param>
/// <param name="Histories">Of each of these remotes, in the same order.</param>
/// <param name="Gone">Clients that are remembered no longer.</param>
internal sealed record Estate(
    bool IsLast,
    IReadOnlyList<(string Name, BackendId Id)> Numbers,
    IReadOnlyList<BackendId> Drained,
    IReadOnlyList<BackendEstate> Backends,
    RemotesMemory Remotes,
    IReadOnlyList<RemoteHistory> Histories,
    IReadOnlyList<ClientAddress> Gone)
{
    private const string Title = "balancer estate 1";
    private const int ChecksumBytes = sizeof(ulong);

    /// <summary>As bytes.</summary>
    public byte[] ToBytes()
    {
        var to = new TapeWriter();
        to.Text(Title);
        to.Flag(IsLast);
        to.Each(Numbers, static (to, named) =>
        {
            to.Text(named.Name);
            to.Id(named.Id);
        });
        to.Each(Drained, static (to, id) => to.Id(id));
        to.Each(Backends, Write);
        Checkpoint.Write(to, Remotes);
        to.Each(Histories, RemoteHistory.Write);
        to.Each(Gone, static (to, client) => to.Client(client));
        var bytes = new byte[to.Written.Length + ChecksumBytes];
        to.Written.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes.AsSpan(to.Written.Length), Checksum(to.Written));
        return bytes;
    }

    /// <summary>From bytes.</summary>
    /// <exception cref="TapeException">They are none, or of another version, or damaged; the
    /// message says so.</exception>
    public static Estate From(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < ChecksumBytes)
            throw new TapeException("the estate is cut off");
        var body = bytes[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[body.Length..])
            != Checksum(body.Span))
            throw new TapeException("the estate is damaged: its checksum does not agree");
        var from = new TapeReader(body);
        if (from.Text() is var title && title != Title)
            throw new TapeException($"this is no estate that can be read here ({Title})");
        var estate = new Estate(
            from.Flag(), from.Each(static from => (from.Text(), from.Id())),
            from.Each(static from => from.Id()), from.Each(Read), Checkpoint.Remotes(from),
            from.Each(RemoteHistory.Read), from.Each(static from => from.Client()));
        return from.IsAtEnd && estate.Histories.Count == estate.Remotes.Remotes.Count
            ? estate
            : throw new TapeException("the estate is not whole");
    }

    private static void Write(TapeWriter to, BackendEstate backend)
    {
        to.Id(backend.Id);
        SessionStates.Write(to, backend.Failures);
        to.Flag(backend.Trust is not null);
        if (backend.Trust is { } trust)
            SessionStates.Write(to, trust);
        to.Flag(backend.Fitness.IsAiling);
        to.Number(backend.Fitness.Against);
    }

    private static BackendEstate Read(TapeReader from) => new(
        from.Id(), SessionStates.FailuresOf(from),
        from.Flag() ? SessionStates.TrustOf(from) : null, new(from.Flag(), from.Int()));

    // Eight bytes at a time: an estate may be some megabytes, and clients wait meanwhile.
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = Mixing.Finish(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            sum = Mixing.Finish(sum ^ b);
        return sum;
    }
}
