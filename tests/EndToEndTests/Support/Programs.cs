using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Programs of this machine on which a test depends. Without one it is reported as not run, with
/// the reason; where CI=true stands in the environment that is a failure.
/// </summary>
internal static class Programs
{
    public static void Require(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            return;
        }
        catch (Win32Exception e)
        {
            var reason = $"{program}: {e.Message}";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail($"with CI=true this has to run: {reason}");
            Assert.Skip(reason);
        }
    }
}
