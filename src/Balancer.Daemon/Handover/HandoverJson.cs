using System.Text.Json.Serialization;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Handover;

/// <summary>Who the new one is.</summary>
/// <param name="Protocol">Which handover it speaks.</param>
/// <param name="Version">What it is.</param>
/// <param name="Loops">How many it has.</param>
internal sealed record HelloView(int Protocol, string Version, int Loops);

/// <summary>Who the former one is.</summary>
/// <param name="Version">What it is.</param>
/// <param name="Listeners">How many messages with listeners follow.</param>
/// <param name="HasHttp">Whether one with that of --http does.</param>
/// <param name="HasStandIn">Whether one with the connection to a process that stands in does.
/// </param>
internal sealed record WelcomeView(
    string Version, int Listeners, bool HasHttp, bool HasStandIn);

/// <summary>The backends that are met, by loop: the names of their sockets.</summary>
internal sealed record MetView(IReadOnlyList<IReadOnlyList<string>> Loops);

/// <summary>The new one is on its own.</summary>
/// <param name="StandsIn">The former one stays to stand in for it, once it has finished: if it goes
/// before, so must the new one.</param>
internal sealed record AcceptedView(bool StandsIn);

/// <summary>Who serves from now on.</summary>
internal sealed record HeirView(int Process);

/// <summary>Why not.</summary>
internal sealed record RefusedView(string Reason);

/// <summary>What was counted, by loop.</summary>
internal sealed record CountsView(IReadOnlyList<DaemonStatus> Loops);

[JsonSerializable(typeof(HelloView))]
[JsonSerializable(typeof(WelcomeView))]
[JsonSerializable(typeof(MetView))]
[JsonSerializable(typeof(AcceptedView))]
[JsonSerializable(typeof(HeirView))]
[JsonSerializable(typeof(RefusedView))]
[JsonSerializable(typeof(CountsView))]
internal sealed partial class HandoverJson : JsonSerializerContext;
