using System.IO.Compression;
using Balancer.Rx.Recording;
using Xunit;

namespace Balancer.VirtualTimeTests.Recordings;

// A node-mname process of three is killed, and started anew on a new socket file; clients ask
// meanwhile. A recording of balancer 0.1.0, as balancer replay --as-test wrote it down.
//
// Recorded by balancer 0.1.0 at 20261124T181737Z: 119 decisions.
// Those that are no heartbeats:
//
//   2026-11-24T18:17:38.0356642Z  BackendFaulted { Id = 5302, Path = s/5302, Reason = Closed, Det…
//   2026-11-24T18:17:38.0356642Z  BackendRetry { Id = 5302, Path = s/5302, After = 00:00:00.88374…
//   2026-11-24T18:17:38.4846516Z  RemoteNew { Client = 127.0.0.7 }
//   2026-11-24T18:17:38.4846516Z  RemoteAssigned { Client = 127.0.0.7, Backend = 5301, Reason = N…
//   2026-11-24T18:17:38.5724095Z  RemoteNew { Client = 127.0.0.8 }
//   2026-11-24T18:17:38.5724095Z  RemoteAssigned { Client = 127.0.0.8, Backend = 5303, Reason = N…
//   2026-11-24T18:17:38.6085926Z  BackendForgotten { Id = 5302, Path = s/5302 }
//   2026-11-24T18:17:39.2628827Z  BackendFound { Id = 5302, Path = s/5302 }
//   2026-11-24T18:17:39.2641608Z  BackendConnecting { Id = 5302, Path = s/5302 }
//   2026-11-24T18:17:39.2643573Z  BackendConnected { Id = 5302, Path = s/5302 }
//   2026-11-24T18:17:39.2763118Z  BackendEstablished { Id = 5302, Path = s/5302 }
public class RecordedKillTests
{
    const string Recording = """
        GxsOAJ4HttuUEBcURAI/LJ6PkGT27282ttD7OHZtLfBEA+kyi9aC//+/b3e/86cZ6FeUBTiDzYCBBRJpOMygLf+U
        cEN52Uzig8BnoZUqOhWUQqn9z+l+UpSIUCDs3ueT9nUP963gfI1GCXz5/V4ts2x1a2T5yTiZc++DwoCwgOAyl3Hq
        vhwIw2DnzJdDeF+79HcyWTmMZ+LCxmBmrhIDPXHJf0f17y8fvvzMXlBCCwU6uU9m4T0iTqfF2LlmrlNdkPZuFvwv
        IDAUqyZ5BadeTijZPY1yeKc/VuLyaDEjV5X7yF3XAVIbLJPbIIVClZsWvtzQaOKP1OQkd2+yQAkL5aRH3Fx3heBH
        IOzmOCM+11TDE/XLZ3gnk08j9dGDE4M5Xe9F6cU+D0rUHfLjRVHfvPM176/pTpHNKT/58jq73/wAiV6nqndMNCQj
        7Sqf5ZrBACwJcXvwBZbTOvMiNoqdWtH8gpwlnXBwDN0pMwN0emaSkkwXyhk69mw4+yCtKzldGevmK7MjgLPz70Fs
        +Akf4WDukTwYHvqkgtUrp9/UPUZOCE4ylpAQEB7jtNc0XVDN3DN3lJ9j6iSfCZeduAfpPnZOcr8D8mlXwWe8BXB+
        eZWe03LIxx+DukbJJ+dztUrMws+A9ZZ/Xs+oW1g0T6tJ7H1nMcorN77NmeaB86lwraC+601OdL4XEood3K/0uzX4
        P/OOUmq+LFOa/tdTy9y8S2c229GqxKlsT/7exULWOU7NDW2cHuUq9+jC7bDwaB+xc9XzbRbWcQAuTaArt5eD+Lid
        7LdrB0gY8Jt1ZiYm/rWNw01lTH7SAij3b5rW6mYZ1/qNkkkroZkBBDYFbzV3mRGSqYzQPV5Cjp8dhNndyq3cyq2i
        VXzyI0Oh84Ul2fkUcqUwCNlqLUsDCEKvF/jBGeMGr6EsfJeMcEgnOZYIDQuyQzM+9VZl+IcL9RJGa+YhwBDomC1H
        wO+X982P8HJcx8DWbcZDKs9419mVYW8gtBSSK1nYMqo7iEErrFQ8DwwMtWXna5dD7wPXFGK6DxDBnVdscjinFfVq
        VQrOFEQKMAK7jZjirSzAI8hn1Ne6KGQrCAHGAPST8UNb3cQ1HKWmrjrqJKDWzT5fAwP8LJ4UqovtOfm/4hAqe3Hn
        21O9rnQ0eXOfvGFAY06grd7f7K1/52+8ME4r1Zz9qqiqtMxyDaNoFXpBibi7ReUmXHStLsQBRMvoHFBL/gxEVOWP
        FFohWrekh5YH0aq8ab/3xEeO9Oj1m8x9X3tqOSSwaQ2OTafOWIBw9cwEhLNg0ET1HSpPJpITZUYZoQIwxv+JG+ct
        J181V8AQiFi60crl4ScA5N7a9OlhFEEOcthl2XmvgwysWqtmQPC4zm8mdqPtuCufkNM1BPNvsg0mffRIUN0EFEmh
        OdQJqSDYfottcQmfMYw77oY077qo7hmY5c/QNG5sVhPd3mflulHMcrHXPN4AXqPKU6AXsrVgrlimAL/+0qes8lWz
        KQvs5FucG/Cn+jJmTc2MNnauTHToN7J0I6Pqna8KVHpjV5/YB+YqfNr8IeZBqycMNHYJNuj0lGVgUrbccFBmgkB2
        4ZAXJBgkiHdWZ1fAiDJU+0/fyvYfjoGhfGo3N9pYgyOWQra7H0GT72wDK1tk9WQXFkEsuW6L7kxUstEcbrSZB1EG
        Ae80jhamJIi37gvAI2wIC5u7lXavHAODzGgTNzpuPAOxNPY4IJhWp/i3f5OhiOm/xlW63Q0MDOWl8zc6uxNzIAZe
        786tNPnqGFicutr7Q2tNEcQQELLKBrk3bIvRIIojCRpdJ/N/By7LqPWODY1ITaADUQhicJKtsU18Ms6kemI15Toh
        tAtFuLkMkgj3xztSZT3jS1o7VwVdXjAweFiutbQ6AEXS/m22ebekCFHJDPVHTr4PDCwCwzkwKbvRFTx1c+CSCCIA
        jiqY+ZCFTlnHUKTZBvbS5XNgYGADrmx0hMMiB7KCF7VoJSGLTfY3CJ+ZXvQ2Bwaas8YjpgxsB3E3oQXe6yLIcEAB
        DAKXRtQokoIq4Z6UEzEYWCfbPL7DWT4bZD3VUBAp0DawVIayzSGcio2f3xbJPQgMLJPhr/G6a2vuFr4fOEzbyAWh
        5VvAjjuVAA==
        """;

    [Fact]
    public void What_was_decided_live_is_decided_again()
    {
        var decisions = 0L;
        foreach (var loop in RecordingFile.Read(Unpacked()).Loops)
        {
            var result = loop.Replay(_ => { });
            Assert.Null(result.Difference);
            decisions += result.Decisions;
        }
        Assert.Equal(119, decisions);
    }

    static byte[] Unpacked()
    {
        using var packed = new System.IO.MemoryStream(
            Convert.FromBase64String(Recording));
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        using var bytes = new System.IO.MemoryStream();
        brotli.CopyTo(bytes);
        return bytes.ToArray();
    }
}
