using System.Diagnostics;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Another user than we are, which only root can arrange. Without root, or without setpriv and
/// node, such tests are reported as not run; where CI=true stands in the environment that is a
/// failure.
/// </summary>
internal static class OtherUser
{
    /// <summary>What "nobody" is on most systems; it need not have a name.</summary>
    public const int Uid = 65_534;

    // Says the same in both directions as the one who listens at the second path.
    const string Relay = """
        const net = require('net');
        const [there, here] = process.argv.slice(1);
        process.umask(0);
        net.createServer({ allowHalfOpen: true }, (near) => {
          const far = net.connect({ path: there, allowHalfOpen: true });
          near.on('error', () => far.destroy()).pipe(far);
          far.on('error', () => near.destroy()).pipe(near);
        }).listen(here, () => console.log('ready'));
        """;

    public static void Require()
    {
        string? missing =
            LibC.GetEffectiveUid() != 0 ? "only root can be another user"
            : !Finds("setpriv") ? "there is no setpriv here (util-linux)"
            : !Finds("node") ? "there is no node here"
            : null;
        if (missing is null)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"with CI=true this has to run: {missing}");
        Assert.Skip(missing);
    }

    /// <summary>Gives a file to a user.</summary>
    public static void Give(string path, int uid) => Run("chown", "-h", $"{uid}", path);

    /// <summary>Everybody may make sockets there.</summary>
    public static void Open(TestDirectory directory, string mode = "777") =>
        Run("chmod", mode, directory.Path);

    /// <summary>
    /// Starts a process of the other user that listens at <paramref name="path"/> and passes all on
    /// to the socket at <paramref name="behind"/>, which it can reach; it listens on return.
    /// </summary>
    public static async Task<ChildProcess> Serve(string path, string behind)
    {
        Run("chmod", "666", behind);
        var process = ChildProcess.Start("setpriv",
        [
            "--reuid", $"{Uid}", "--regid", $"{Uid}", "--clear-groups",
            "node", "-e", Relay, behind, path,
        ]);
        await process.Output.WaitFor(line => line == "ready", $"the relay at {path}");
        return process;
    }

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    static bool Finds(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':')
        .Any(directory => File.Exists(Path.Combine(directory, program)));
}
