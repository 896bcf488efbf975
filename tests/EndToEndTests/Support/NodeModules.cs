using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Node and node-mname, on which some tests depend. Without them those tests are reported as not
/// run, with the reason; where CI=true stands in the environment that is a failure.
/// </summary>
internal static class NodeModules
{
    static readonly Lazy<string?> Missing = new(FindOut);

    /// <summary>Where server.js and its packages lie.</summary>
    public static string Directory { get; } = typeof(NodeModules).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "NodeDirectory").Value!;

    public static void Require()
    {
        if (Missing.Value is not { } reason)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"with CI=true this has to run: {reason}");
        Assert.Skip(reason);
    }

    static string? FindOut()
    {
        if (Run("node", "--version") is { } noNode)
            return noNode;
        // One at a time, also when several test runs share the checkout.
        using var turn = new Mutex(initiallyOwned: false, "Global\\balancer-end-to-end-npm");
        try
        {
            if (!turn.WaitOne(TimeSpan.FromMinutes(5)))
                return "another test run has been installing npm packages for five minutes";
        }
        catch (AbandonedMutexException)
        {
            // Its owner was killed; the packages are checked below in any case.
        }
        try
        {
            return IsInstalled() ? null : Run("npm", "ci", "--ignore-scripts", "--no-audit",
                "--no-fund", "--loglevel=error");
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    /// <summary>npm writes its copy of the lock file last: without it nothing is whole.</summary>
    static bool IsInstalled()
    {
        var installed = new FileInfo(Path.Combine(
            Directory, "node_modules", ".package-lock.json"));
        var wanted = new FileInfo(Path.Combine(Directory, "package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc;
    }

    /// <summary>Runs a program to its end; says what was wrong, or null.</summary>
    static string? Run(string program, params string[] arguments)
    {
        var command = $"{program} {string.Join(' ', arguments)}";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? null
                : $"{command}: exit {process.ExitCode}: {errors.Trim()} {output.Result.Trim()}";
        }
        catch (Win32Exception e)
        {
            return $"{command}: {new Win32Exception(e.NativeErrorCode).Message}";
        }
    }
}
