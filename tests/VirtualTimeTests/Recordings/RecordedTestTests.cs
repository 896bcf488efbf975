using System.Reflection;
using System.Runtime.Loader;
using Balancer.Rx.Recording;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using IO = System.IO;

namespace Balancer.VirtualTimeTests.Recordings;

// What balancer replay --as-test writes compiles here as it is, and passes.
public class RecordedTestTests
{
    [Fact]
    public void A_recording_as_a_test_compiles_and_passes() => Run(Source(File()));

    [Fact]
    public void It_fails_where_another_decision_is_made()
    {
        var recorded = RecordingFile.Read(File());
        var other = recorded.Loops[0].Start with
        {
            Options = recorded.Loops[0].Start.Options with { Seed = 3 },
        };
        var source = Source(FileOf(recorded.Loops[0] with { Start = other }));
        Assert.Throws<TargetInvocationException>(() => Run(source));
    }

    [Fact]
    public void No_line_of_it_is_over_100_columns() =>
        Assert.All(Source(File()).Split('\n'), line => Assert.True(line.Length <= 100, line));

    static string Source(byte[] file) => RecordedTest.Source(file, RecordingFile.Read(file));

    static byte[] File()
    {
        var world = new World().With(5301, 5302);
        var tape = Tape.Begin(world.Control)!;
        world.AllAsk(world.Clients(10));
        world.Backend(5301).Dies();
        world.Run(3.Seconds());
        return FileOf(tape.Recording);
    }

    static byte[] FileOf(LoopRecording recording) =>
    [
        .. RecordingFile.Head("0.1.0", loops: 1),
        .. RecordingFile.StartPart(0, recording.Start),
        .. RecordingFile.TapePart(0, recording.Tape.Span),
        .. RecordingFile.EndPart(0, recording.Tape.Length),
    ];

    // Under the name of these tests, who are friends of the core.
    static void Run(string source)
    {
        var compilation = CSharpCompilation.Create(
            "VirtualTimeTests",
            [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(Usings)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => !path.EndsWith("VirtualTimeTests.dll", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
        using var image = new IO.MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        var context = new AssemblyLoadContext("generated", isCollectible: true);
        var type = Assert.Single(
            context.LoadFromStream(image).GetExportedTypes(),
            type => type.Name.StartsWith("Recorded", StringComparison.Ordinal));
        var test = Assert.Single(
            type.GetMethods(), method => method.GetCustomAttribute<FactAttribute>() is not null);
        test.Invoke(Activator.CreateInstance(type), null);
        context.Unload();
    }

    const string Usings = """
        global using System;
        global using System.IO;
        """;
}
