using System.Text.Json;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control;

/// <summary>By which transport a client came.</summary>
internal enum Transport : byte
{
    /// <summary>It has to do with neither.</summary>
    None,

    /// <summary>A datagram.</summary>
    Udp,

    /// <summary>A connection.</summary>
    Tcp,
}

/// <summary>
/// The words of facts, made once, and their numbers, which are what is compared. Outcomes of
/// datagrams and ends of connections share one vocabulary: what has the same name is the same word.
/// </summary>
internal static class FactWords
{
    /// <summary>The kinds by their numbers.</summary>
    public static readonly string[] Kinds = [.. Enum.GetNames<FactKind>().Select(WordOf)];

    /// <summary>The transports by their numbers; none is no word.</summary>
    public static readonly string[] Transports = ["", "udp", "tcp"];

    /// <summary>
    /// The outcomes by their numbers, as the log and the metrics call them; 0, which is none, is no
    /// word.
    /// </summary>
    public static readonly string[] Outcomes =
        ["", .. Narration.Kinds.Outcomes.Concat(Narration.Kinds.Ends).Distinct()];

    private static readonly byte[] OfOutcomes = NumbersOf<Outcome>();
    private static readonly byte[] OfEnds = NumbersOf<StreamEnd>();

    /// <summary>The number of an outcome's word.</summary>
    public static byte NumberOf(Outcome outcome) => OfOutcomes[(int)outcome];

    /// <summary>The number of an end's word.</summary>
    public static byte NumberOf(StreamEnd end) => OfEnds[(int)end];

    /// <summary><c>NoBackend</c> is no-backend.</summary>
    public static string WordOf(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static byte[] NumbersOf<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(of => (byte)Array.IndexOf(Outcomes, Field.Of(of)))];
}
