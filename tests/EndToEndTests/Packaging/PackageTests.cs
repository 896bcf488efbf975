using System.Text;
using System.Text.RegularExpressions;
using Balancer.Daemon.Settings;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>What can be said of the packages without making one; .ci/package makes them.</summary>
public sealed partial class PackageTests
{
    static readonly string Source = Shipped.PathOf("../src");

    [Fact]
    public void The_copyright_names_every_library_that_is_in_the_binary()
    {
        var libraries = Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Reference().Matches(File.ReadAllText(project)))
            .Where(reference => !reference.Groups["attributes"].Value.Contains("PrivateAssets"))
            .Select(reference => reference.Groups["name"].Value)
            .ToHashSet();
        Assert.NotEmpty(libraries);
        Assert.All(libraries, library => Assert.Contains(
            library, Shipped.Read("debian/copyright"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_configuration_that_is_shipped_is_read()
    {
        // Whether or not this host has the directory.
        var text = Shipped.Read("balancer.json")
            .Replace("/run/balancer/backends", "/", StringComparison.Ordinal);
        var read = ConfigText.Read("balancer.json", Encoding.UTF8.GetBytes(text));
        Assert.Empty(read.Refusals);
        Assert.NotEmpty(read.Givens);
    }

    [Theory]
    [InlineData("build-deb")]
    [InlineData("build-tarball")]
    [InlineData("container/build-root")]
    public async Task What_builds_packages_refuses_in_one_line(string script)
    {
        var name = Path.GetFileName(script);
        Assert.Equal([$"{name}: unknown argument --nonsense"], await Said(script, "--nonsense"));
        Assert.Equal(
            [$"{name}: argument --out requires an option value"], await Said(script, "--out"));
        Assert.StartsWith(
            $"{name}: --binary /nowhere: no program",
            Assert.Single(await Said(script, "--binary", "/nowhere")),
            StringComparison.Ordinal);
    }

    static async Task<IReadOnlyList<string>> Said(string script, params string[] arguments)
    {
        await using var child = ChildProcess.Start(Shipped.PathOf(script), arguments);
        Assert.Equal(1, await child.Exit());
        Assert.Empty(child.Output.All);
        return child.Errors.All;
    }

    [GeneratedRegex("""<PackageReference Include="(?<name>[^"]+)"(?<attributes>[^>]*)>""")]
    private static partial Regex Reference();
}
