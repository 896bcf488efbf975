using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Balancer.Rx;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using IO = System.IO;

namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

/// <summary>
/// The core, compiled in memory with a planted bug, and a copy of these tests that meets it instead
/// of the real one. So no product code knows of mutants.
/// </summary>
sealed class MutantCore : AssemblyLoadContext
{
    const string Core = "Balancer.Rx";

    static readonly CSharpParseOptions Language = new(
        LanguageVersion.Latest, preprocessorSymbols: ["DEBUG"]);

    static readonly Lazy<Dictionary<string, SyntaxTree>> Trees = new(ReadAll);

    static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != Core)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    readonly Assembly _core;

    public MutantCore(params Edit[] edits)
        : base(isCollectible: true)
    {
        using var image = Compiled(edits);
        _core = LoadFromStream(image);
        var tests = LoadFromAssemblyPath(typeof(Run).Assembly.Location);
        RunOf = tests.GetType(typeof(Run).FullName!)!
            .GetMethod(nameof(Run.Of), [typeof(ulong)])!
            .CreateDelegate<Func<ulong, string?>>();
    }

    /// <summary><see cref="Run.Of(ulong)"/>, with this core.</summary>
    public Func<ulong, string?> RunOf { get; }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Core ? _core : null;

    static IO.MemoryStream Compiled(Edit[] edits)
    {
        var trees = new Dictionary<string, SyntaxTree>(Trees.Value);
        foreach (var edit in edits)
            trees[edit.File] = Parse(edit.Apply($"{trees[edit.File]}"));
        var compilation = CSharpCompilation.Create(
            Core, [.. trees.Values, Parse(Preamble())], References.Value,
            new(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
        var image = new IO.MemoryStream();
        var result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new InvalidOperationException("a mutant does not compile:\n" + string.Join(
                '\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        }
        image.Position = 0;
        return image;
    }

    // What the build adds to the files.
    static string Preamble() => $"""
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion(
            "{typeof(ControlPlane).Assembly.GetName().Version}")]
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("VirtualTimeTests")]
        """;

    static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Language);

    static Dictionary<string, SyntaxTree> ReadAll()
    {
        var root = SourceFolder();
        return IO.Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(root, file).Replace('\\', '/'),
            file => Parse(File.ReadAllText(file)));
    }

    static string SourceFolder([CallerFilePath] string here = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "src", Core));
}
