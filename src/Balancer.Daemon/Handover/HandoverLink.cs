using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;

namespace Balancer.Daemon.Handover;

/// <summary>Why a handover cannot be; the message is one sentence.</summary>
sealed class HandoverException(string sentence) : Exception(sentence);

/// <summary>What is said, in the order in which it is. As in other versions: never used anew.
/// </summary>
enum HandoverStage : byte
{
    /// <summary>From the new one: who it is (<see cref="HelloView"/>).</summary>
    Hello = 1,

    /// <summary>Its hello was a good one (<see cref="WelcomeView"/>).</summary>
    Welcome = 2,

    /// <summary>Listeners of clients: descriptors.</summary>
    Listeners = 3,

    /// <summary>The listener of --http: a descriptor.</summary>
    Http = 4,

    /// <summary>The connection to the process that stands in: a descriptor.</summary>
    StandIn = 5,

    /// <summary>What it begins with: an estate for each loop, one message each.</summary>
    Prospects = 6,

    /// <summary>From the new one: the backends that it has met (<see cref="MetView"/>).</summary>
    Met = 7,

    /// <summary>The first half: an estate for each loop.</summary>
    Estate = 8,

    /// <summary>From the new one: it has taken that over.</summary>
    Inherited = 9,

    /// <summary>The second half, and nothing is read any more: an estate for each loop.</summary>
    Last = 10,

    /// <summary>From the new one: it reads.</summary>
    Serving = 11,

    /// <summary>From the new one: it can be looked at, and be given orders.</summary>
    Settled = 12,

    /// <summary>It is on its own (<see cref="AcceptedView"/>).</summary>
    Accepted = 13,

    /// <summary>What has been counted so far, by loop.</summary>
    Counts = 14,

    /// <summary>The last counts; the former one has finished.</summary>
    Over = 15,

    /// <summary>To the one that stands in: who serves from now on (<see cref="HeirView"/>).
    /// </summary>
    Heir = 16,

    /// <summary>From either: why it does not go on (<see cref="RefusedView"/>).</summary>
    Refused = 17,
}

/// <summary>Something that was said.</summary>
readonly record struct HandoverMessage(
    HandoverStage Stage, byte[] Body, IReadOnlyList<int> Descriptors)
{
    /// <summary>The body as JSON.</summary>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type)
                ?? throw new HandoverException($"{Stage} says nothing");
        }
        catch (JsonException e)
        {
            throw new HandoverException($"{Stage} cannot be read: {e.Message}");
        }
    }

    /// <summary>Closes the descriptors that nobody wants.</summary>
    public void Close()
    {
        foreach (var descriptor in Descriptors)
            LibC.Close(descriptor);
    }
}

/// <summary>
/// The connection of two processes, of which one takes the other's place: messages with
/// descriptors. Every wait has an end; whatever goes wrong is a <see cref="HandoverException"/>.
/// </summary>
sealed class HandoverLink(Descriptor socket) : IDisposable
{
    const int HeadBytes = 8;

    // More remotes than any table has.
    const int MostBytes = 1 << 29;

    static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(30);

    readonly Lock _sending = new();

    /// <summary>The number of its descriptor.</summary>
    public int Fd => socket.Fd;

    /// <summary>Says JSON.</summary>
    public void Send<T>(HandoverStage stage, T view, JsonTypeInfo<T> type) =>
        Send(stage, JsonSerializer.SerializeToUtf8Bytes(view, type));

    /// <summary>Says bytes, and hands descriptors, which stay ours as well.</summary>
    public void Send(
        HandoverStage stage, ReadOnlySpan<byte> body = default,
        ReadOnlySpan<int> descriptors = default)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head[0] = (byte)stage;
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], body.Length);
        lock (_sending)
        {
            LibC.SetSockOpt(socket.Fd, SockOption.SendPatience, new TimeVal(SendPatience));
            Took(LibC.SendRights(socket.Fd, head, descriptors));
            while (body.Length > 0)
                body = body[Took(LibC.Send(socket.Fd, body, MsgFlags.None))..];
        }
    }

    /// <summary>What is said next, which must be this.</summary>
    public HandoverMessage Expect(HandoverStage stage, TimeSpan patience)
    {
        var message = Receive(patience);
        if (message.Stage == stage)
            return message;
        message.Close();
        throw new HandoverException($"it says {message.Stage} where {stage} is expected");
    }

    /// <summary>What is said next; a refusal is thrown.</summary>
    public HandoverMessage Receive(TimeSpan patience)
    {
        LibC.SetSockOpt(
            socket.Fd, SockOption.ReceivePatience,
            patience == Timeout.InfiniteTimeSpan ? default : new TimeVal(patience));
        var head = new byte[HeadBytes];
        var descriptors = new List<int>();
        for (var got = 0; got < HeadBytes;)
            got += Got(LibC.RecvRights(socket.Fd, head.AsSpan(got), descriptors), patience);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4));
        if (length is < 0 or > MostBytes)
            throw new HandoverException($"it announces {length} bytes");
        var body = new byte[length];
        for (var got = 0; got < length;)
            got += Got(LibC.Recv(socket.Fd, body.AsSpan(got), MsgFlags.None), patience);
        var message = new HandoverMessage((HandoverStage)head[0], body, descriptors);
        return message.Stage == HandoverStage.Refused
            ? throw new HandoverException(message.Read(HandoverJson.Default.RefusedView).Reason)
            : message;
    }

    /// <summary>Whether something has been said, or the other one has gone; does not wait.
    /// </summary>
    public bool HasNews()
    {
        Span<byte> one = stackalloc byte[1];
        return !LibC.Recv(socket.Fd, one, MsgFlags.Peek | MsgFlags.DontWait).IsError;
    }

    /// <summary>Ends all waits on it, from any thread.</summary>
    public void Cut() => LibC.Shutdown(socket.Fd, ShutdownHow.Both);

    public void Dispose() => socket.Dispose();

    static int Took(SysResult sent) => sent.IsError
        ? throw new HandoverException(sent.Is(Errno.EAGAIN)
            ? "it takes nothing more" : $"it has gone ({sent.Error.InWords()})")
        : sent.Value;

    static int Got(SysResult received, TimeSpan patience) =>
        received.Is(Errno.EAGAIN)
            ? throw new HandoverException(
                $"it has said nothing for {patience.TotalSeconds:0.#} s")
        : received.IsError || received.Value == 0
            ? throw new HandoverException("it has gone")
        : received.Value;
}
