using Balancer.Daemon.Narration;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>Whatever becomes of the lines, who says them goes on.</summary>
public sealed class LogsTests
{
    [Fact]
    public void Lines_below_the_level_are_not_written()
    {
        var text = Written.By(new(LogLevel.Warn, LogFormat.Text), (_, log) =>
        {
            log.Information("not this");
            log.Warning("but this");
        });
        Assert.DoesNotContain("not this", text, StringComparison.Ordinal);
        Assert.Contains("but this", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_said_is_written_when_the_log_is_closed()
    {
        var text = Written.By(new(), (_, log) =>
        {
            for (var i = 0; i < 5_000; i++)
                log.Information("line");
        });
        Assert.Equal(5_000, text.Count(c => c == '\n'));
    }

    [Fact]
    public void A_stdout_that_is_blocked_costs_lines_that_are_counted_and_nothing_else()
    {
        using var stdout = new Stdout { IsBlocked = true };
        using (var logs = Logs.Create(new(), (to, _) => to.Sink(stdout), queueLines: 10))
        {
            for (var i = 0; i < 1_000; i++)
                logs.Logger.Information("line");
            // Ten wait in the queue, and one may have been taken out of it.
            Assert.InRange(logs.Dropped, 989, 990);
        }
        Assert.Equal(0, stdout.Lines);
    }

    [Fact]
    public void A_stdout_that_fails_costs_the_lines_that_it_fails()
    {
        using var stdout = new Stdout { Fails = true };
        using (var logs = Logs.Create(new(), (to, _) => to.Sink(stdout)))
        {
            logs.Logger.Information("lost");
            stdout.Failed.Wait(TestContext.Current.CancellationToken);
            stdout.Fails = false;
            logs.Logger.Information("written");
        }
        Assert.Equal(1, stdout.Lines);
    }

    sealed class Stdout : ILogEventSink, IDisposable
    {
        readonly ManualResetEventSlim _open = new(initialState: true);

        public bool IsBlocked
        {
            init
            {
                if (value)
                    _open.Reset();
            }
        }

        public volatile bool Fails;

        public ManualResetEventSlim Failed { get; } = new();

        public int Lines { get; private set; }

        public void Emit(LogEvent logEvent)
        {
            _open.Wait();
            if (Fails)
            {
                Failed.Set();
                throw new IOException("EPIPE");
            }
            Lines++;
        }

        // Lets go of the thread that waits.
        public void Dispose() => _open.Set();
    }
}
