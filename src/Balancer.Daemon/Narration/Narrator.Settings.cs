namespace Balancer.Daemon.Narration;

// What becomes of a configuration file while we run.
internal sealed partial class Narrator
{
    /// <summary>SIGHUP, and there is no file.</summary>
    public void NothingToReload() => Info?.Say("no configuration file to reload (--config)");

    /// <summary>A file that is not right: nothing has changed.</summary>
    public void SettingsRefused(IReadOnlyList<string> refusals) => Error?
        .With("error", refusals[0])
        .With("errors", refusals.Count)
        .Say("settings refused; nothing has changed");

    /// <summary>A setting is another from now on.</summary>
    public void SettingChanged(string key, string before, string now) => Info?
        .With("setting", key)
        .With("before", before)
        .With("now", now)
        .Say("setting changed");

    /// <summary>A setting is another in the file, and cannot change while we run.</summary>
    public void SettingWaits(string key, string now, string wanted) => Warn?
        .With("setting", key)
        .With("now", now)
        .With("wanted", wanted)
        .Say("setting needs a restart");

    /// <summary>The file has been read, and what can be in force is.</summary>
    public void SettingsReloaded(int changed, int waiting) => Info?
        .With("changed", changed)
        .With("waiting", waiting)
        .Say("settings reloaded");

    /// <summary>Changes of the file will not be seen.</summary>
    public void NotWatched(string path, string reason) => Warn?
        .With("path", path)
        .With("error", reason)
        .Say("configuration file is not watched; SIGHUP reads it");
}
