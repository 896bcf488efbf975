using Balancer.Rx;

namespace Balancer.Daemon.Settings;

// Of the directory, the sessions, trust and continuity: for the file alone.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Sessions =>
    [
        Core(
            "list-every", "how often the directory is listed even if nothing was heard from it",
            Words.Times("100ms", "1h"),
            core => core.ListEvery, (core, time) => core with { ListEvery = time }),
        Core(
            "list-gather", "how long further hints of a change are gathered into one listing",
            Words.Times("1ms", "1s"),
            core => core.ListGather, (core, time) => core with { ListGather = time }),
        Core(
            "heed-hints", "list at once when the file system says that something changed",
            core => core.HeedHints, (core, on) => core with { HeedHints = on }),
        Core(
            "only-sockets", "only sockets become backends",
            core => core.OnlySockets, (core, on) => core with { OnlySockets = on }),
        Core(
            "max-backends", "sockets that become backends; more are left out, and said so",
            Words.Numbers("a number of backends", 1, 1_000),
            core => core.MaxBackends, (core, most) => core with { MaxBackends = most }),
        Core(
            "hello-patience", "from connect to the backend's greeting",
            Words.Times("100ms", "10m"),
            core => core.HelloPatience, (core, time) => core with { HelloPatience = time }),
        Core(
            "heartbeat-every", "from the last answer to the next heartbeat",
            Words.Times("10ms", "1m"),
            core => core.HeartbeatEvery, (core, time) => core with { HeartbeatEvery = time }),
        Core(
            "heartbeat-patience", "how long a heartbeat may stay unanswered before the session is "
                + "built anew; more than heartbeatEvery and suspectAfter",
            Words.Times("100ms", "10m"),
            core => core.HeartbeatPatience,
            (core, time) => core with { HeartbeatPatience = time }),
        Core(
            "back-off-ceiling", "the longest wait before a reconnect",
            Words.Times("1s", "1h"),
            core => core.BackOffCeiling, (core, time) => core with { BackOffCeiling = time }),
        Core(
            "back-off-jitter", "the share of such a wait that is drawn by lot",
            Words.Fractions("a share", 1),
            core => core.BackOffJitter, (core, share) => core with { BackOffJitter = share }),
        Core(
            "busy-retry", "how soon to try again when a backend's listen queue is full",
            Words.Times("1ms", "10s"),
            core => core.BusyRetry, (core, time) => core with { BusyRetry = time }),
        Core(
            "reconnect-on-recreate", "reconnect at once when the socket file is a new one",
            core => core.ReconnectOnRecreate,
            (core, on) => core with { ReconnectOnRecreate = on }),
        Core(
            "suspect-after", "how long a backend that owes something may say nothing before others "
                + "serve its clients; 0s: for ever",
            Words.Times("0s", "10m"),
            core => core.SuspectAfter, (core, time) => core with { SuspectAfter = time }),
        Core(
            "hold-down", "how long a backend that is back from a fault waits for its clients; 0s: "
                + "it has them at once",
            Words.Times("0s", "10m"),
            core => core.HoldDown, (core, time) => core with { HoldDown = time }),
        Core(
            "hold-down-ceiling", "the longest such wait, for one that keeps failing",
            Words.Times("0s", "1h"),
            core => core.HoldDownCeiling, (core, time) => core with { HoldDownCeiling = time }),
        Core(
            "slow-start", "how long its clients then take to be back with it, in four steps",
            Words.Times("0s", "10m"),
            core => core.SlowStart, (core, time) => core with { SlowStart = time }),
        Core(
            "drain-on-unlink", "a backend whose socket file is gone or replaced gets no new "
                + "queries",
            core => core.DrainOnUnlink, (core, on) => core with { DrainOnUnlink = on }),
        Core(
            "drain-patience", "how long a replaced backend may take to answer what it owes",
            Words.Times("0s", "10m"),
            core => core.DrainPatience, (core, time) => core with { DrainPatience = time }),
        Core(
            "replay-age", "what a backend owes when it dies is asked of another if it is younger "
                + "than this; 0s: it is lost",
            Words.Times("0s", "30s"),
            core => core.ReplayAge, (core, time) => core with { ReplayAge = time }),
        Core(
            "replay-pause", "how long that waits first, since others may be dying, too; at most "
                + "parkPatience",
            Words.Times("0s", "10s"),
            core => core.ReplayPause, (core, time) => core with { ReplayPause = time }),
        Core(
            "park-patience", "how long a question waits when no backend can carry it; 0s: it does "
                + "not",
            Words.Times("0s", "30s"),
            core => core.ParkPatience, (core, time) => core with { ParkPatience = time }),
        Core(
            "max-parked", "questions that wait so",
            Words.Numbers("a number of questions", 0, 1 << 20),
            core => core.MaxParked, (core, most) => core with { MaxParked = most }),
        Core(
            "max-parked-bytes", "bytes of the questions that wait so",
            Words.Numbers("a number of bytes", 0, 1 << 30),
            core => core.MaxParkedBytes, (core, most) => core with { MaxParkedBytes = most }),
        Core(
            "stop-patience", "how long what is in flight may take to finish after a stop",
            Words.Times("1s", "10m"),
            core => core.StopPatience, (core, time) => core with { StopPatience = time }),
    ];
}
