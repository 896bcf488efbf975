using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

/// <summary>Takes all descriptors of the process for a moment: nothing else may run then.</summary>
[CollectionDefinition(nameof(TcpDescriptorsTests), DisableParallelization = true)]
public class TcpDescriptorsAlone;

// W3: the original ended when it ran out of descriptors; a listener that ignores it spins.
[Collection(nameof(TcpDescriptorsTests))]
public class TcpDescriptorsTests
{
    [Fact]
    public void W3_Without_descriptors_clients_are_turned_away_and_the_listener_lives()
    {
        using var world = new TcpWorld();
        WarmUp(world);
        world.AddBackend();
        var (first, firstBackend) = world.Established();
        Exchange(first, firstBackend);
        var late = Enumerable.Range(0, 20).Select(_ => TcpWorld.UnconnectedClient()).ToList();

        using (new AllDescriptorsTaken())
        {
            foreach (var client in late)
            {
                client.Connect(IPAddress.Loopback, world.Port);
                client.ReadReset();
            }
        }
        Assert.Single(world.FactsOf<BalancerEvent.AcceptFailed>());
        Assert.Contains("EMFILE", world.FactsOf<BalancerEvent.AcceptFailed>()[0].Error);

        Exchange(first, firstBackend);
        var (client2, backend2) = world.Established();
        Exchange(client2, backend2);
    }

    // The runtime ends when it wants a descriptor and there is none, as it does to compile: all
    // that runs while they are taken has run before, or is compiled here.
    static void WarmUp(TcpWorld world)
    {
        world.Client().ReadReset();
        Type[] used =
        [
            typeof(AllDescriptorsTaken), typeof(TcpListenerSource), typeof(TcpAcceptPolicy),
            typeof(TcpOptions), typeof(Descriptor), typeof(LibC), typeof(TcpWorld),
        ];
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public
            | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        foreach (var method in used.SelectMany(type => type.GetMethods(all)))
        {
            if (!method.ContainsGenericParameters && !method.IsAbstract)
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }

    static void Exchange(System.Net.Sockets.Socket client, System.Net.Sockets.Socket backend)
    {
        client.Send([1, 2]);
        Assert.Equal([1, 2], backend.ReadExactly(2));
        backend.Send([3]);
        Assert.Equal([3], client.ReadExactly(1));
    }

    /// <summary>
    /// Lowers the limit to what is in use, and fills the gaps; what earlier tests have left to the
    /// finalizers is closed before, since a client that finds room is served.
    /// </summary>
    sealed class AllDescriptorsTaken : IDisposable
    {
        readonly RLimit _before;
        readonly List<int> _taken = [];

        public AllDescriptorsTaken()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            LibC.GetOpenFilesLimit(out _before).OrThrow("getrlimit");
            var used = Directory.EnumerateFileSystemEntries("/proc/self/fd")
                .Max(entry => int.Parse(Path.GetFileName(entry)));
            LibC.SetOpenFilesLimit(_before with { Soft = (ulong)used + 8 }).OrThrow("setrlimit");
            SysResult opened;
            while (!(opened = LibC.OpenReserve()).IsError)
                _taken.Add(opened.Value);
            Assert.Equal(Errno.EMFILE, opened.Error);
        }

        public void Dispose()
        {
            foreach (var fd in _taken)
                LibC.Close(fd);
            LibC.SetOpenFilesLimit(_before).OrThrow("setrlimit");
        }
    }
}
