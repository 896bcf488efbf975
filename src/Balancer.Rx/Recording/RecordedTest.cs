using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Balancer.Rx.Recording;

/// <summary>
/// A recording as a test class for tests/VirtualTimeTests: the file, packed, and what was decided,
/// as people read it, beats left out. Whoever keeps it gives it the name of what went wrong.
/// </summary>
internal static class RecordedTest
{
    private const int LineChars = 88, MostShown = 60;

    /// <summary>Its source.</summary>
    public static string Source(byte[] file, Recorded recorded)
    {
        var decisions = new List<Decision>();
        foreach (var loop in recorded.Loops)
            loop.Replay(decisions.Add);
        var told = decisions
            .Where(decision => !decision.Text.StartsWith("Heartbeat", StringComparison.Ordinal))
            .Select(decision => $"{decision}")
            .ToArray();
        var at = recorded.Loops[0].Start.Now.UtcDateTime;
        var name = at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var most = told.Length > MostShown ? $", the first {MostShown}" : "";
        var source = new StringBuilder();
        source.Append(CultureInfo.InvariantCulture, $$""""
            using System.IO.Compression;
            using Balancer.Rx.Recording;
            using Xunit;

            namespace Balancer.VirtualTimeTests.Recordings;

            // Recorded by balancer {{recorded.Program}} at {{name}}: {{decisions.Count}} decisions.
            // Those that are no heartbeats{{most}}:
            //

            """");
        foreach (var text in told.Take(MostShown))
            source.Append(CultureInfo.InvariantCulture, $"//   {Fit(text)}\n");
        source.Append(CultureInfo.InvariantCulture, $$""""
            public class Recorded{{name}}Tests
            {
                const string Recording = """

            """");
        foreach (var line in Lines(Packed(file)))
            source.Append(CultureInfo.InvariantCulture, $"        {line}\n");
        source.Append(CultureInfo.InvariantCulture, $$""""
                    """;

                [Fact]
                public void What_was_decided_live_is_decided_again()
                {
                    var decisions = 0L;
                    foreach (var loop in RecordingFile.Read(Unpacked()).Loops)
                    {
                        var result = loop.Replay(_ => { });
                        Assert.Null(result.Difference);
                        decisions += result.Decisions;
                    }
                    Assert.Equal({{decisions.Count}}, decisions);
                }

                static byte[] Unpacked()
                {
                    using var packed = new System.IO.MemoryStream(
                        Convert.FromBase64String(Recording));
                    using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
                    using var bytes = new System.IO.MemoryStream();
                    brotli.CopyTo(bytes);
                    return bytes.ToArray();
                }
            }

            """");
        return source.ToString();
    }

    private static string Packed(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize))
            brotli.Write(file);
        return Convert.ToBase64String(packed.ToArray());
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Chunk(LineChars).Select(line => new string(line));

    private static string Fit(string text)
    {
        const int most = LineChars + 6;
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : $"{line[..(most - 1)]}…";
    }
}
