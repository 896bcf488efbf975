using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

/// <summary>
/// A byte stream whose far side is the test. The near side (<see cref="IByteStream"/>) is what the
/// core sees: a socket with a receive queue, a send window, and edge-triggered signals that come
/// on the scheduler. It objects to every use that the port forbids.
/// </summary>
sealed class SimulatedStream(IScheduler scheduler) : IByteStream
{
    readonly Subject<StreamSignals> _signals = new();
    readonly Queue<byte> _arrived = new();
    readonly List<byte> _taken = [];
    readonly CompositeDisposable _scheduled = [];
    bool _hasEnded;
    bool _isBlocked;

    // ---- the far side

    /// <summary>How many bytes one read yields at most, drawn at each read.</summary>
    public Func<int> ReadAtMost { get; set; } = () => int.MaxValue;

    /// <summary>How many bytes one write takes at most, drawn at each write.</summary>
    public Func<int> WriteAtMost { get; set; } = () => int.MaxValue;

    /// <summary>How many bytes more it takes before it blocks.</summary>
    public int Window { get; private set; } = int.MaxValue;

    /// <summary>All that was written to it.</summary>
    public byte[] Taken => [.. _taken];

    /// <summary>How many bytes lie in its receive queue.</summary>
    public int Waiting => _arrived.Count;

    public bool IsEnded { get; private set; }
    public bool IsReset { get; private set; }
    public bool IsClosed { get; private set; }
    public int Writes { get; private set; }
    public bool IsListenedTo => _signals.HasObservers;

    public void Connect() => Signal(StreamSignals.Connected);

    public void Send(params ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            _arrived.Enqueue(b);
        Signal(StreamSignals.Readable);
    }

    public void End()
    {
        _hasEnded = true;
        Signal(StreamSignals.Readable);
    }

    public void Break(string error)
    {
        Error = error;
        Signal(StreamSignals.Broken);
    }

    public void Reads(int window)
    {
        Window = window;
        if (_isBlocked && window > 0)
            Signal(StreamSignals.Writable);
    }

    void Signal(StreamSignals signal)
    {
        if (!IsClosed)
            _scheduled.Add(scheduler.Schedule(() => Say(signal)));
    }

    void Say(StreamSignals signal)
    {
        if (signal is StreamSignals.Writable)
            _isBlocked = false;
        _signals.OnNext(signal);
    }

    // ---- the near side

    public string Error { get; private set; } = "";

    /// <summary>What is so already is said after the subscription, as an epoll does.</summary>
    public IObservable<StreamSignals> Signals => Observable.Create<StreamSignals>(observer =>
    {
        Assert.False(_signals.HasObservers, "signals are for one subscriber");
        return _signals.Subscribe(observer);
    });

    public StreamResult Read(Span<byte> into)
    {
        Assert.False(IsClosed, "a closed stream is not read");
        if (_arrived.Count > 0)
            return new(StreamStatus.Moved, Deliver(into));
        if (Error.Length > 0)
            return new(StreamStatus.Broken);
        return new(_hasEnded ? StreamStatus.Ended : StreamStatus.Blocked);
    }

    int Deliver(Span<byte> into)
    {
        var count = Math.Min(Math.Min(into.Length, _arrived.Count), Math.Max(1, ReadAtMost()));
        for (var i = 0; i < count; i++)
            into[i] = _arrived.Dequeue();
        return count;
    }

    public StreamResult Write(ReadOnlySpan<byte> from)
    {
        Assert.False(IsClosed, "a closed stream is not written");
        Assert.False(IsEnded, "nothing is written behind the end");
        if (Error.Length > 0)
            return new(StreamStatus.Broken);
        var count = Math.Min(Math.Min(from.Length, Window), Math.Max(1, WriteAtMost()));
        if (count == 0)
        {
            _isBlocked = true;
            return new(StreamStatus.Blocked);
        }
        Writes++;
        _taken.AddRange(from[..count]);
        Window -= count;
        return new(StreamStatus.Moved, count);
    }

    public void EndWrite()
    {
        Assert.False(IsEnded || IsClosed, "a half is ended once");
        IsEnded = true;
    }

    public void Abort()
    {
        Debug.Assert(!IsClosed);
        IsReset = true;
        Dispose();
    }

    public void Dispose()
    {
        IsClosed = true;
        _scheduled.Dispose();
    }
}
