using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.InteropServices;

namespace Balancer.Daemon;

/// <summary>What the supervisor or a person sends us, as streams. On a thread of the runtime's.
/// </summary>
static class Signals
{
    const PosixSignal User1 = (PosixSignal)10, User2 = (PosixSignal)12;

    /// <summary>SIGINT alone.</summary>
    public static IObservable<PosixSignal> Interrupt { get; } = Of(PosixSignal.SIGINT);

    /// <summary>SIGTERM and SIGINT: stop; the second time: at once.</summary>
    public static IObservable<PosixSignal> Stop { get; } =
        Of(PosixSignal.SIGTERM).Merge(Interrupt);

    /// <summary>SIGUSR1: tell how things stand.</summary>
    public static IObservable<PosixSignal> Report { get; } = Of(User1);

    /// <summary>SIGHUP: read the configuration file anew.</summary>
    public static IObservable<PosixSignal> Reload { get; } = Of(PosixSignal.SIGHUP);

    /// <summary>SIGUSR2: write down what came in lately.</summary>
    public static IObservable<PosixSignal> Record { get; } = Of(User2);

    static IObservable<PosixSignal> Of(PosixSignal signal) =>
        Observable.Create<PosixSignal>(observer => PosixSignalRegistration.Create(
            signal,
            context =>
            {
                context.Cancel = true;
                observer.OnNext(signal);
            }));
}
