using System.Net;
using System.Text.Json;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Handover;

/// <summary>A cluster whose balancer is replaced: its process, and those that take its place.
/// </summary>
internal static class Generations
{
    private const uint OwnersProgram = 0x1C0; // rwx------

    /// <summary>Orders an upgrade: the answer, and the sentence in it.</summary>
    public static async Task<(HttpStatusCode Status, string Sentence)> TryUpgrade(
        this Cluster cluster, string parameters = "")
    {
        // Each generation has a door of its own.
        using var door = new Door(cluster.Door.Path);
        var (status, body) = await door.Post($"upgrade{parameters}");
        return (status, status == HttpStatusCode.OK
            ? JsonDocument.Parse(body).RootElement.GetProperty("text").GetString()!
            : Door.ErrorOf(body));
    }

    /// <summary>The same; it must succeed.</summary>
    public static async Task Upgrade(this Cluster cluster, string parameters = "")
    {
        var (status, sentence) = await cluster.TryUpgrade(parameters);
        Assert.True(status == HttpStatusCode.OK, sentence);
        Assert.Contains("has taken over from", sentence);
    }

    /// <summary>What the process that serves says.</summary>
    public static async Task<JsonElement> Ask(this Cluster cluster, string target)
    {
        using var door = new Door(cluster.Door.Path);
        return await door.Json(target);
    }

    /// <summary>The numbers of all, as the process that serves tells them.</summary>
    public static async Task<Totals> Totals(this Cluster cluster)
    {
        var totals = (await cluster.Ask("status")).GetProperty("totals");
        return new(
            totals.GetProperty("received").GetInt64(),
            totals.GetProperty("outcomes").GetProperty("answered").GetInt64(),
            totals.GetProperty("inFlight").GetInt32());
    }

    /// <summary>A program that does this, as a shell says it; it stands in the directory.</summary>
    public static string Script(this TestDirectory directory, string text)
    {
        var path = directory[$"program-{Guid.NewGuid():N}"];
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        LibC.SetMode(path, OwnersProgram).OrThrow("chmod");
        return path;
    }
}

/// <summary>What was counted.</summary>
internal sealed record Totals(long Received, long Answered, int InFlight);
