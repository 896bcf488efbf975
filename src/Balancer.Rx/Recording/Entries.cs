using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Recording;

/// <summary>What an entry of a tape is. Pushes begin with the time since the push before; answers
/// and decisions belong to the push in front of them. Never used anew.</summary>
internal enum EntryKind : byte
{
    /// <summary>A push: a timer has fired.</summary>
    Fired = 1,

    /// <summary>A push: the directory may have changed.</summary>
    Hinted = 2,

    /// <summary>A push: a link has said something.</summary>
    Heard = 3,

    /// <summary>A push: a probe was answered.</summary>
    Probed = 4,

    /// <summary>A push: strangers have come.</summary>
    Met = 5,

    /// <summary>A push: an operator has commanded.</summary>
    Commanded = 6,

    /// <summary>A push: a datagram has found no backend.</summary>
    Starved = 7,

    /// <summary>A push: other options are in force.</summary>
    Settled = 8,

    /// <summary>An answer: a number.</summary>
    Number = 32,

    /// <summary>An answer: what the directory holds.</summary>
    Listing = 33,

    /// <summary>An answer: who is idle, or astray.</summary>
    Idle = 34,

    /// <summary>An answer: who could be moved.</summary>
    Movers = 35,

    /// <summary>A decision that was made.</summary>
    Decision = 64,
}

/// <summary>The parts of entries as bytes, there and back.</summary>
internal static class Entries
{
    private const byte Link = 1, Frame = 2, Stirred = 3, Garbled = 4;
    private const byte Drain = 1, Enable = 2, Pin = 3, PinFor = 4, Unpin = 5, Move = 6;

    /// <summary>Only what a link says is pushed; the other signals are made by timers.</summary>
    public static void Write(TapeWriter to, Signal signal)
    {
        switch (signal)
        {
            case Signal.Link link:
                to.Byte(Link);
                to.Number(link.Attempt);
                to.Byte((byte)link.Kind);
                to.Text(link.Error);
                break;
            case Signal.Heard heard:
                to.Byte(Frame);
                to.Number(heard.Attempt);
                to.Unsigned((ulong)heard.Type);
                break;
            case Signal.Stirred stirred:
                to.Byte(Stirred);
                to.Number(stirred.Attempt);
                break;
            case Signal.Garbled garbled:
                to.Byte(Garbled);
                to.Number(garbled.Attempt);
                to.Byte((byte)garbled.What);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(signal));
        }
    }

    public static Signal Signal(TapeReader from) => from.Byte() switch
    {
        Link => new Signal.Link(from.Int(), (LinkEventKind)from.Byte(), from.Text()),
        Frame => new Signal.Heard(from.Int(), (FrameType)from.Unsigned()),
        Stirred => new Signal.Stirred(from.Int()),
        Garbled => new Signal.Garbled(from.Int(), (FrameRead)from.Byte()),
        var other => throw new TapeException($"{other} is no signal of a link"),
    };

    public static void Write(TapeWriter to, BackendCommand command)
    {
        switch (command)
        {
            case BackendCommand.Drain drain:
                to.Byte(Drain);
                to.Id(drain.Id);
                break;
            case BackendCommand.Enable enable:
                to.Byte(Enable);
                to.Id(enable.Id);
                break;
            case BackendCommand.Pin pin:
                to.Byte(pin.For is null ? Pin : PinFor);
                to.Client(pin.Client);
                to.Id(pin.Backend);
                if (pin.For is { } span)
                    to.Span(span);
                break;
            case BackendCommand.Unpin unpin:
                to.Byte(Unpin);
                to.Client(unpin.Client);
                break;
            case BackendCommand.Move move:
                to.Byte(Move);
                to.Client(move.Client);
                to.Id(move.Backend);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command));
        }
    }

    public static BackendCommand Command(TapeReader from) => from.Byte() switch
    {
        Drain => new BackendCommand.Drain(from.Id()),
        Enable => new BackendCommand.Enable(from.Id()),
        Pin => new BackendCommand.Pin(from.Client(), from.Id()),
        PinFor => new BackendCommand.Pin(from.Client(), from.Id(), from.Span()),
        Unpin => new BackendCommand.Unpin(from.Client()),
        Move => new BackendCommand.Move(from.Client(), from.Id()),
        var other => throw new TapeException($"{other} is no command"),
    };

    public static void Write(TapeWriter to, DirectoryListing listing)
    {
        var entries = listing as DirectoryListing.Entries;
        to.Flag(entries is not null);
        if (entries is null)
        {
            to.Text(((DirectoryListing.Unreadable)listing).Error);
            return;
        }
        to.Each(entries.Items, static (to, entry) =>
        {
            to.Text(entry.Name);
            to.Flag(entry.IsSocket);
            to.Number(entry.Incarnation);
            to.Unsigned(entry.Owner);
        });
    }

    public static DirectoryListing Listing(TapeReader from) => from.Flag()
        ? new DirectoryListing.Entries(from.Each(static from => new DirectoryEntry(
            from.Text(), from.Flag(), from.Number(), (uint)from.Unsigned())))
        : new DirectoryListing.Unreadable(from.Text());
}
