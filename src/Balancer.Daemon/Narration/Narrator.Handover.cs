namespace Balancer.Daemon.Narration;

// One process takes the place of another.
internal sealed partial class Narrator
{
    /// <summary>It was ordered, and the other program is started.</summary>
    public void UpgradeBegins(string program) =>
        Info?.With("program", program).Say("upgrade begins");

    /// <summary>Another process serves.</summary>
    public void Upgraded(string program, string version, int process) => Info?
        .With("program", program)
        .With("version", version)
        .With("successor", process)
        .Say("replaced by another process");

    /// <summary>It could not be, and all is as it was.</summary>
    public void NotUpgraded(string program, string reason) =>
        Error?.With("program", program).With("error", reason).Say("upgrade failed; serving on");

    /// <summary>The process that serves does not hear what was finished here.</summary>
    public void CountsNotTold(string reason) =>
        Warn?.With("error", reason).Say("last counts not handed over");

    /// <summary>We serve in another one's place.</summary>
    public void TookOver(int remotes) =>
        Info?.With("remotes", remotes).Say("taken over from another process");

    /// <summary>We could not take it: the end of the process.</summary>
    public void NotTakenOver(string reason) =>
        Fatal?.With("error", reason).Say("failed to take over from another process");

    /// <summary>The process before us has answered all that it owed.</summary>
    public void PredecessorHasFinished() => Info?.Say("the process before has finished");

    /// <summary>It has gone without a word.</summary>
    public void PredecessorLost(string reason) =>
        Warn?.With("error", reason).Say("the process before has gone without a word");
}
