using System.Net;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Narration;

// What the process itself has to say, which no fact of the core tells (G1, G2).
internal sealed partial class Narrator
{
    /// <summary>The first line: what is starting, and with which reactive data (ADR 0002).</summary>
    public void Starting() => log.Information(
        "starting up {version} {reactive_data}", VersionInfo.Number, VersionInfo.ReactiveData);

    /// <summary>A port is open, for both transports.</summary>
    public void Listening(IPAddress address, int port)
    {
        log.Information("listening for UDP packets {address} {port}", address.ToString(), port);
        log.Information("listening for TCP packets {address} {port}", address.ToString(), port);
    }

    /// <summary>A port could not be had: the end of the process.</summary>
    public void NotListening(BindException e) => log.Fatal(
        "failed to bind {transport} listen socket {address} {port} {errno}",
        e.Transport, e.Address.ToString(), e.Port, e.Error.ToString());

    /// <summary>A signal asks to stop.</summary>
    public void Stopping(PosixSignal signal) => log.Information("stopping {signal}", $"{signal}");
}
