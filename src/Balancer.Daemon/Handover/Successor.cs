using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Daemon.Supervision;

namespace Balancer.Daemon.Handover;

/// <summary>
/// The process that is to take our place: started, and connected to us or given up. Until it is
/// released it can be killed, and then nothing has happened.
/// </summary>
sealed class Successor : IDisposable
{
    const int Kill = 9;

    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    // Ours: it, or who stands between.
    readonly int _child;
    readonly bool _isBetween;
    readonly string _program;
    readonly Descriptor _door;
    HandoverLink? _link;
    bool _isReleased;
    bool _isReaped;

    Successor(string program, Descriptor door, int child, bool isBetween) =>
        (_program, _door, _child, _isBetween) = (program, door, child, isBetween);

    /// <summary>The number of its process, once it is connected.</summary>
    public int Process { get; private set; }

    /// <summary>What is said with it, once it is connected.</summary>
    public HandoverLink Link => _link!;

    /// <summary>Starts a program with our own arguments.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="isOrphan">Whether it shall be no child of ours in the end.</param>
    /// <param name="supervisor">Who is to be told by it what he was told by us.</param>
    /// <exception cref="HandoverException">It cannot be started.</exception>
    public static Successor Start(string program, bool isOrphan, Supervisor supervisor)
    {
        Examine(program);
        var name = $"balancer-upgrade-{LibC.Random<ulong>():x16}{LibC.Random<ulong>():x16}";
        var door = Descriptor.Of(
            LibC.Socket(SockDomain.Unix, SockType.Stream | SockType.NonBlocking), "socket");
        try
        {
            LibC.Bind(door.Fd, SockAddrUn.Abstract(name)).OrThrow("bind");
            LibC.Listen(door.Fd, 1).OrThrow("listen");
            // By what runs here, wherever its file is by now.
            var self = "/proc/self/exe";
            string[] arguments = [program, .. OwnArguments()];
            var environment = Surrounding.OfSuccessor(name, supervisor);
            var started = isOrphan
                ? LibC.Spawn(self, [self, Midwife.Verb, .. arguments], environment)
                : LibC.Spawn(program, arguments, environment);
            return started.IsError
                ? throw new HandoverException($"{program}: {started.Error.InWords()}")
                : new(program, door, started.Value, isOrphan);
        }
        catch (SysException e)
        {
            door.Dispose();
            throw new HandoverException(e.Message);
        }
        catch (HandoverException)
        {
            door.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it has connected.</summary>
    public void Meet(TimeSpan patience, CancellationToken cancellation)
    {
        for (var left = patience; left > TimeSpan.Zero; left -= LookEvery)
        {
            if (Accept())
                return;
            if (HasEnded(out var end))
                throw new HandoverException(
                    $"{_program} has not come so far as to say hello: {end}; what it says of that "
                    + "is on our standard error");
            cancellation.WaitHandle.WaitOne(LookEvery);
            if (cancellation.IsCancellationRequested)
                throw new HandoverException("we are told to stop");
        }
        throw new HandoverException(
            $"{_program} has said nothing for {patience.TotalSeconds:0.#} s");
    }

    /// <summary>It is on its own from now on; who stood between has gone.</summary>
    public void Release()
    {
        _isReleased = true;
        if (!_isBetween)
            return;
        LibC.Signal(_child, Kill);
        LibC.Reap(_child, waits: true, out _);
        _isReaped = true;
    }

    /// <summary>Whether it, or who stands between, has ended.</summary>
    public bool HasEnded(out ChildEnd end)
    {
        end = default;
        if (_isReaped)
            return true;
        var reaped = LibC.Reap(_child, waits: false, out end);
        return _isReaped = !reaped.IsError && reaped.Value == _child;
    }

    /// <summary>Kills it, unless it has been released.</summary>
    public void Dispose()
    {
        _door.Dispose();
        if (_isReleased)
            return;
        if (Process > 0 && _isBetween)
            LibC.Signal(Process, Kill);
        if (!_isReaped)
        {
            LibC.Signal(_child, Kill);
            LibC.Reap(_child, waits: true, out _);
        }
        _link?.Dispose();
    }

    bool Accept()
    {
        var accepted = LibC.AcceptLocal(_door.Fd);
        if (accepted.IsError)
            return false;
        var socket = new Descriptor(accepted.Value);
        // The name is a secret of ours; still, only who was started for it is let in.
        if (LibC.GetSockOpt(socket.Fd, SockOption.PeerCredentials, out UCred peer).IsError
            || peer.Uid != LibC.GetEffectiveUid()
            || (_isBetween ? ParentOf(peer.Pid) : peer.Pid) != _child)
        {
            socket.Dispose();
            return false;
        }
        (_link, Process) = (new(socket), peer.Pid);
        return true;
    }

    static void Examine(string program)
    {
        if (Directory.Exists(program))
            throw new HandoverException($"{program}: is a directory, and no program");
        if (!File.Exists(program))
            throw new HandoverException($"{program}: no such file");
        if (!LibC.CanExecute(program))
            throw new HandoverException($"{program}: may not be executed");
    }

    // What stands behind our own name.
    static string[] OwnArguments() =>
        File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0')[1..];

    static int ParentOf(int process)
    {
        try
        {
            // The name, in brackets, may hold anything; then come the state and the parent.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
