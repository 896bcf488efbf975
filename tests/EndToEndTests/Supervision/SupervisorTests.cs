using Balancer.Daemon.Sockets;
using Balancer.Daemon.Supervision;
using Xunit;

namespace Balancer.EndToEndTests.Supervision;

/// <summary>What the environment says of who has started us.</summary>
public sealed class SupervisorTests
{
    const int Us = 42;

    [Fact]
    public void Sockets_names_watchdog_and_where_to_tell_are_read()
    {
        var supervisor = Read(
            "LISTEN_PID=42 LISTEN_FDS=3 LISTEN_FDNAMES=dns::tcp NOTIFY_SOCKET=@there "
            + "WATCHDOG_USEC=10000000 WATCHDOG_PID=42");
        Assert.Equal(
            [new GivenDescriptor(3, "dns"), new(4), new(5, "tcp")], supervisor.Sockets);
        Assert.Equal("@there", supervisor.NotifySocket);
        Assert.Equal(TimeSpan.FromSeconds(10), supervisor.Watchdog);
    }

    [Theory]
    [InlineData("")]
    [InlineData("LISTEN_PID=41 LISTEN_FDS=3 WATCHDOG_PID=41 WATCHDOG_USEC=5")]
    [InlineData("LISTEN_FDS=3 LISTEN_PID= NOTIFY_SOCKET=")]
    public void What_is_not_for_us_is_left_alone(string environment)
    {
        var supervisor = Read(environment);
        Assert.Empty(supervisor.Sockets);
        Assert.Null(supervisor.NotifySocket);
        Assert.Null(supervisor.Watchdog);
    }

    [Theory]
    [InlineData("LISTEN_PID=42 LISTEN_FDS=x", "LISTEN_FDS x: not a number from 0 to 1024")]
    [InlineData("LISTEN_PID=42 LISTEN_FDS=2 LISTEN_FDNAMES=a",
        "LISTEN_FDNAMES: 1 names for 2 sockets")]
    [InlineData("WATCHDOG_USEC=0", "WATCHDOG_USEC 0: not a number of microseconds")]
    [InlineData("NOTIFY_SOCKET=vsock:2:1",
        "NOTIFY_SOCKET vsock:2:1: neither a path nor @ and a name")]
    public void What_makes_no_sense_is_told_in_a_sentence(string environment, string sentence) =>
        Assert.Equal(sentence, Supervisor.Of(From(environment), Us).Refused);

    static Supervisor Read(string environment)
    {
        var read = Supervisor.Of(From(environment), Us);
        Assert.Null(read.Refused);
        return read.Value;
    }

    static Func<string, string?> From(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return name => variables.GetValueOrDefault(name);
    }
}
