using System.CommandLine;

namespace Balancer.Daemon.Verbs;

/// <summary>All verbs.</summary>
internal static class VerbCommands
{
    public static IEnumerable<Command> All(Surroundings world) =>
    [
        StatusVerb.Of(world),
        .. RemotesVerbs.Of(world),
        ExplainVerb.Of(world),
        TapVerb.Of(world),
        TopVerb.Of(world),
        WhatIfVerb.Of(world),
        .. OrderVerbs.Of(world),
        UpgradeVerb.Of(world),
        TimersVerb.Of(world),
        RecordVerb.Of(world),
        ReplayVerb.Of(world),
    ];
}
