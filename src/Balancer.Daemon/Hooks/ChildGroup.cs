using System.Runtime.InteropServices;
using System.Text;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Hooks;

/// <summary>
/// A program that was started in a process group of its own, and those it has started there. It can
/// be killed from any thread while another waits for its end.
/// </summary>
internal sealed class ChildGroup
{
    private readonly Lock _turn = new();
    private readonly int _pid;
    private bool _isReaped;

    private ChildGroup(int pid) => _pid = pid;

    /// <summary>Starts it.</summary>
    /// <param name="arguments">The program by its path, then its arguments.</param>
    /// <param name="environment">Lines NAME=value.</param>
    /// <param name="child">What was started, unless an error is returned.</param>
    public static unsafe SysResult Start(
        IReadOnlyList<string> arguments, IEnumerable<string> environment, out ChildGroup child)
    {
        // One block each: the pointers, a null, and the texts behind them.
        byte[][] words = [.. arguments.Select(Text)], lines = [.. environment.Select(Text)];
        var first = BlockOf(words);
        var second = BlockOf(lines);
        var started = LibC.Spawn(arguments[0], first, second);
        NativeMemory.Free(first);
        NativeMemory.Free(second);
        child = new(started.IsError ? 0 : started.Value);
        return started;
    }

    /// <summary>Waits for the end of the program; why it is no good one, or null.</summary>
    public string? Wait()
    {
        // Told first, reaped then: so long its number is not another's, and can be killed.
        if (LibC.AwaitEnd(_pid) is { IsError: true } lost)
            return $"its end is not known ({lost.Error})";
        lock (_turn)
        {
            _isReaped = true;
            LibC.Reap(_pid, out var status);
            var signal = status & 0x7f;
            var code = status >> 8 & 0xff;
            return signal != 0 ? $"ended by signal {signal}"
                : code != 0 ? $"exit code {code}"
                : null;
        }
    }

    /// <summary>Ends the program, unless it has ended, and all that is in its group.</summary>
    public void Kill()
    {
        lock (_turn)
        {
            // That there is nobody left is as good.
            if (!_isReaped)
                LibC.KillGroup(_pid);
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes($"{text}\0");

    private static unsafe byte** BlockOf(byte[][] texts)
    {
        var head = (texts.Length + 1) * sizeof(byte*);
        var block = (byte*)NativeMemory.Alloc((nuint)(head + texts.Sum(text => text.Length)));
        var pointers = (byte**)block;
        var to = block + head;
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i].CopyTo(new Span<byte>(to, texts[i].Length));
            pointers[i] = to;
            to += texts[i].Length;
        }
        pointers[texts.Length] = null;
        return pointers;
    }
}
