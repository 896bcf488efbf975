using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace Balancer.EndToEndTests.Native;

/// <summary>Asks the C compiler of this machine what it thinks of constant expressions.</summary>
static class CCompiler
{
    const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/filter.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <netinet/udp.h>
        #include <signal.h>
        #include <spawn.h>
        #include <linux/capability.h>
        #include <sys/prctl.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/un.h>
        #include <sys/wait.h>

        """;

    /// <summary>The value of each expression; null if there is no compiler.</summary>
    public static Dictionary<string, long>? Evaluate(IEnumerable<string> expressions)
    {
        var folder = Directory.CreateTempSubdirectory("claims");
        try
        {
            var source = Path.Combine(folder.FullName, "claims.c");
            var program = Path.Combine(folder.FullName, "claims");
            File.WriteAllText(source, Program(expressions));
            if (Output("cc", "-o", program, source) is null) return null;
            return Output(program)!
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .ToDictionary(
                    part => part[0], part => long.Parse(part[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static string Program(IEnumerable<string> expressions)
    {
        var text = new StringBuilder(Headers).Append("int main(void) {\n");
        foreach (var e in expressions)
            text.Append("  ").Append($"printf(\"{e}\\t%lld\\n\", (long long)({e}));\n");
        return text.Append("  return 0;\n}\n").ToString();
    }

    static string? Output(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
            return output;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
