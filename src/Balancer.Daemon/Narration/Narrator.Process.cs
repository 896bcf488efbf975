using System.Net;
using System.Runtime.InteropServices;
using Balancer.Daemon.Sockets;

namespace Balancer.Daemon.Narration;

// What the process itself has to say, which no fact of the core tells (G1, G2).
internal sealed partial class Narrator
{
    /// <summary>The first line: which version, with which reactive data (ADR 0002).</summary>
    public void Starting() => Info?
        .With("version", VersionInfo.Number)
        .With("commit", VersionInfo.Commit ?? "unknown")
        .With("reactive_data", VersionInfo.ReactiveData)
        .With("reactive_assembly", VersionInfo.ReactiveAssembly)
        .With("platform", VersionInfo.Platform)
        .Say("starting up");

    /// <summary>Who tells of this loop: every line names it, where there are several.</summary>
    public Narrator Of(LoopShare share) =>
        new(share.Count == 1 ? log : log.ForContext("loop", share.Index));

    /// <summary>Anybody may remove backends, or fill the directory; not be one (W25).</summary>
    public void WritableByAll(string directory) => Warn?
        .With("socket_dir", directory)
        .Say("socket directory is writable by everybody");

    /// <summary>A port is open, for both transports.</summary>
    public void Listening(IPAddress address, int port)
    {
        var listener = Info?.With("address", $"{address}").With("port", port);
        listener?.Say("listening for UDP packets");
        listener?.Say("listening for TCP packets");
    }

    /// <summary>A port could not be had: the end of the process.</summary>
    public void NotListening(BindException e) => Fatal?
        .With("address", $"{e.Address}")
        .With("port", e.Port)
        .With("errno", (int)e.Error)
        .With("error", CommandLineRefusal.Explain(e.Error))
        .Say(e.Transport == "UDP"
            ? "failed to bind UDP listen socket"
            : "failed to create TCP listen socket");

    /// <summary>What was handed over cannot be served from: the end of the process.</summary>
    public void NotGiven(string reason) =>
        Fatal?.With("error", reason).Say("failed to serve from sockets that were handed over");

    /// <summary>Who has started us does not take what we tell him; told once.</summary>
    public void SupervisorIsDeaf(string reason) =>
        Warn?.With("error", reason).Say("supervisor does not hear us");

    /// <summary>It can be looked at, and given orders.</summary>
    public void DoorIsOpen(string? path, IPEndPoint? http)
    {
        if (path is not null)
            Info?.With("path", path).Say("control socket is open");
        if (http is not null)
            Info?.With("address", $"{http.Address}").With("port", http.Port)
                .Say("open for looking by HTTP");
    }

    /// <summary>A control socket that was asked for cannot be had: the end of the process.
    /// </summary>
    public void NoDoor(string reason) =>
        Fatal?.With("error", reason).Say("failed to open control socket");

    /// <summary>The usual control socket cannot be had; it serves without.</summary>
    public void DoorStaysShut(string reason) =>
        Warn?.With("error", reason).Say("no control socket");

    /// <summary>What came in lately has been written to a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="bytes">How large.</param>
    /// <param name="gaps">How often the end of a segment has been lost so far.</param>
    public void FlightWritten(string path, long bytes, long gaps) => Info?
        .With("path", path)
        .With("bytes", bytes)
        .With("gaps", gaps)
        .Say("flight recording written");

    /// <summary>It was wanted, and could not be.</summary>
    public void FlightNotWritten(string reason) =>
        Warn?.With("error", reason).Say("no flight recording written");

    /// <summary>A signal asks to stop.</summary>
    public void Stopping(PosixSignal signal) => Info?.With("signal", $"{signal}").Say("stopping");

    /// <summary>All has ended; this is what was left unfinished.</summary>
    /// <param name="unanswered">Questions that were in flight.</param>
    /// <param name="connections">TCP connections that were cut.</param>
    public void Stopped(long unanswered, int connections) =>
        (unanswered + connections == 0 ? Info : Warn)?
            .With("unanswered", unanswered)
            .With("tcp_cut", connections)
            .Say("stopped");

    /// <summary>What should not happen: a stream of the core or the loop has failed.</summary>
    public void Failed(Exception exception) => Error?.Say("internal error", exception);
}
