// THE CONFIGURATION FILE: one JSON object, with comments and trailing commas, whose keys are those
// of the table. It is read whole or not at all: what is wrong in it is told by file, line and key,
// all of it at once, and nothing is guessed. It is read anew while we run (Reload.cs), so neither
// its size nor what stands at its path may hurt: a megabyte at most, and a file.

using Balancer.Daemon.Native;

namespace Balancer.Daemon.Settings;

/// <summary>What a configuration file says.</summary>
/// <param name="Givens">The settings.</param>
/// <param name="Refusals">What is wrong, a sentence each; if there is any, nothing of it counts.
/// </param>
internal sealed record ConfigText(IReadOnlyList<Given> Givens, IReadOnlyList<string> Refusals)
{
    /// <summary>A key that is no setting: editors look there for the schema.</summary>
    public const string SchemaKey = "$schema";

    /// <summary>From its bytes.</summary>
    /// <param name="path">What it is called in refusals.</param>
    /// <param name="bytes">What it holds.</param>
    public static ConfigText Read(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Read(path, ConfigParser.Parse(bytes));
        }
        catch (ConfigException e)
        {
            return Refused(path, e);
        }
    }

    /// <summary>None of it.</summary>
    public static ConfigText Refused(string path, ConfigException e) =>
        new([], [new Origin(path, e.Line).Before(e.Message)]);

    private static ConfigText Read(string path, ConfigNode root)
    {
        var (givens, refusals) = (new List<Given>(), new List<string>());
        foreach (var (key, line, value) in root.Members.Where(member => member.Key != SchemaKey))
        {
            var origin = new Origin(path, line);
            var setting = SettingsTable.All.FirstOrDefault(setting => setting.Key == key);
            try
            {
                if (setting is null)
                    refusals.Add(origin.Before(Unknown(key)));
                else
                    givens.Add(new(setting, setting.OfFile(value), origin));
            }
            catch (ConfigException e)
            {
                refusals.Add(new Origin(path, e.Line).Before(e.Message));
            }
        }
        return new(givens, refusals);
    }

    private static string Unknown(string key) =>
        Nearest.To(key, SettingsTable.All.Select(setting => setting.Key)) is { } near
            ? $"{key}: no such setting; {near} is meant?"
            : $"{key}: no such setting (docs/configuration.md has them all)";
}

/// <summary>A file of the file system, read within bounds.</summary>
internal static class ConfigFile
{
    private const int MostBytes = 1 << 20;

    /// <summary>What the file at this path says, or why it cannot be read.</summary>
    public static ConfigText Read(string path)
    {
        try
        {
            return ConfigText.Read(path, Bytes(path));
        }
        catch (ConfigException e)
        {
            return ConfigText.Refused(path, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ConfigText.Refused(path, new(0, "no such file"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException)
        {
            return ConfigText.Refused(
                path, new(0, $"cannot be read: {e.Message.Split('\n')[0]}"));
        }
    }

    private static byte[] Bytes(string path)
    {
        // A device may have no end, and opening a pipe may wait for ever.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var found = LibC.Statx(target, out var file);
        if (found.IsError)
            throw new ConfigException(
                0, $"cannot be read: {CommandLineRefusal.Explain(found.Error)}");
        if (!file.IsRegular)
            throw new ConfigException(0, file.IsDirectory ? "a directory" : "not a file");
        using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[MostBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MostBytes
            ? bytes[..length]
            : throw new ConfigException(0, "larger than 1 MiB");
    }
}
