// THE DOOR: how to look in, and how to give orders, while it runs.
//
// HTTP on a unix socket that is the owner's alone, so that curl, Prometheus, a browser and our own
// verbs all use one thing; the read-only part on a TCP port besides, if that is asked for. Kestrel
// serves it on threads of the runtime's, never on a loop. What it shows it asks of the loops: a
// short question, posted like any other work, whose answer is a copy; the copy is put into words
// here. So a client that reads slowly, asks too often or sends garbage costs its own connection and
// a thread of the pool, not a datagram.
//
//   GET   for whoever may connect            POST   by the unix socket only
//   a refusal is a status and {"error": one sentence}
//
// The host is built empty: no configuration files, no environment variables, no log, no signal
// handlers of its own, nothing that would act behind the daemon's back.
//
// Not promised: that two answers are of one instant; that anybody who may write the socket is kept
// from anything. Who may open it may drain every backend.

using System.Net;
using System.Net.Sockets;
using System.Reactive.Disposables;
using Balancer.Daemon.Control.Recordings;
using Balancer.Daemon.Control.Taps;
using Balancer.Daemon.Control.Top;
using Balancer.Daemon.Handover;
using Balancer.Daemon.Narration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balancer.Daemon.Control;

/// <summary>The door: bound by the constructor, open from <see cref="Open"/> on.</summary>
internal sealed class ControlDoor : IDisposable
{
    /// <summary>All taps and some more; of each endpoint.</summary>
    internal const int MostConnections = 192;

    // Whoever is one too many is accepted and sent away: so many at once.
    private const int Backlog = 64;

    private const int LongestLine = 8_192;
    private const int LongestBody = 4_096;

    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly DoorSocket? _control;
    private readonly Socket? _http;
    private readonly Narrator _narrator;
    private WebApplication? _host;

    /// <summary>
    /// Takes the path and the port; throws <see cref="DoorException"/> if one that was asked for
    /// cannot be had. Without the one that nobody asked for, the daemon serves as well.
    /// </summary>
    /// <param name="options">Where.</param>
    /// <param name="narrator">Told of what should not happen; the door goes on.</param>
    /// <param name="predecessor">Whose path and port they are until it opens; null: nobody's.
    /// </param>
    public ControlDoor(
        DoorOptions options, Narrator narrator, Predecessor? predecessor = null)
    {
        _narrator = narrator;
        try
        {
            _control = PathOf(options) is { } path
                ? DoorSocket.Bind(path, isHeir: predecessor is not null)
                : null;
        }
        catch (DoorException e) when (options.Path is null)
        {
            narrator.DoorStaysShut(e.Message);
        }
        try
        {
            _http = options.Http is { } endpoint
                ? DoorPort.Given(predecessor, endpoint) ?? DoorPort.Bind(endpoint)
                : null;
        }
        catch (DoorException)
        {
            _control?.Dispose();
            throw;
        }
    }

    /// <summary>The path of the control socket; null: there is none.</summary>
    public string? Path => _control?.Path;

    /// <summary>The port on which it can be read, too; null: none.</summary>
    public IPEndPoint? Http => _http?.LocalEndPoint as IPEndPoint;

    /// <summary>Ends when it is open, or cannot be opened.</summary>
    public Task Opening { get; private set; } = Task.CompletedTask;

    /// <summary>The descriptor of the port on which it can be read; null: none.</summary>
    public int? HttpDescriptor => (int?)_http?.Handle;

    /// <summary>
    /// Begins to serve on other threads, at once for the caller; what it returns ends that. The
    /// first datagrams do not wait for a web server.
    /// </summary>
    public IDisposable Open(DoorContext door)
    {
        if (_control is null && _http is null)
            return Disposable.Empty;
        Opening = Task.Run(() => Serve(door));
        return Disposable.Create(() => Close(Opening));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http?.Dispose();
        _control?.Dispose();
    }

    private async Task Serve(DoorContext door)
    {
        try
        {
            await Start(door);
            _narrator.DoorIsOpen(Path, Http);
        }
        catch (Exception e)
        {
            _narrator.Failed(e);
        }
    }

    // Whoever still reads a stream is told that it ends, and is not waited for.
    private void Close(Task opening)
    {
        opening.Wait();
        using var patience = new CancellationTokenSource(ClosePatience);
        _host?.StopAsync(patience.Token).Wait();
        (_host as IDisposable)?.Dispose();
    }

    private async Task Start(DoorContext door)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services
            .AddRoutingCore()
            .AddSingleton<IHostLifetime, NoLifetime>()
            .Configure<HostOptions>(options => options.ShutdownTimeout = ClosePatience)
            .Configure<SocketTransportOptions>(options =>
            {
                options.Backlog = Backlog;
                options.CreateBoundListenSocket = endpoint =>
                    endpoint is UnixDomainSocketEndPoint ? _control!.Socket : _http!;
            });
        _host = builder.Build();
        _host.Use(Guarded);
        _host.UseRouting();
        _host.Use((http, next) => http.GetEndpoint() is null ? NothingHere(http) : next(http));
        HealthEndpoints.Map(_host, door);
        StatusEndpoints.Map(_host, door);
        MetricsEndpoints.Map(_host, door);
        LiveEndpoints.Map(_host, door);
        PageEndpoints.Map(_host);
        TimersEndpoints.Map(_host, door);
        RecordEndpoints.Map(_host, door);
        RemotesEndpoints.Map(_host, door);
        ExplainEndpoints.Map(_host, door);
        WhatIfEndpoints.Map(_host, door);
        CommandEndpoints.Map(_host, door);
        UpgradeEndpoints.Map(_host, door);
        var hub = new TapHub(door.Workers);
        TapEndpoints.Map(_host, door, hub);
        TopEndpoints.Map(_host, door, hub);
        await _host.StartAsync();
        _control?.Take();
    }

    private static string? PathOf(DoorOptions options) =>
        options.IsOff ? null
        : options.Path is { } path ? path
        : DoorSocket.CouldBe(DoorPaths.Default) ? DoorPaths.Default : null;

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = DescriptorBudget.OfDoor(MostConnections);
        kestrel.Limits.MaxRequestLineSize = LongestLine;
        // Refused by us, at once; Kestrel then reads on for a while and throws away, so that the
        // client hears of it.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = HeaderPatience;
        if (_control is not null)
            kestrel.ListenUnixSocket(_control.Path, ListensHttp1);
        if (Http is { } endpoint)
            kestrel.Listen(endpoint, ListensHttp1);

        static void ListensHttp1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
    }

    private async Task Guarded(HttpContext http, RequestDelegate next)
    {
        try
        {
            // A unix socket has no address.
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
                && http.Connection.LocalIpAddress is not null)
            {
                throw new RefusedException(
                    StatusCodes.Status403Forbidden, "orders are taken on the control socket only");
            }
            if (http.Connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
                && http.Request.Host.Host is var host && host != "localhost"
                && !IPAddress.TryParse(host, out _))
            {
                // A page from elsewhere, whose name its owner has pointed at us.
                throw new RefusedException(
                    StatusCodes.Status403Forbidden,
                    $"host \"{Reply.Shown(host)}\" is not an address, nor localhost");
            }
            if (http.Request.ContentLength is > LongestBody)
                throw new RefusedException(
                    StatusCodes.Status413PayloadTooLarge,
                    $"a body of over {LongestBody} bytes; none is needed");
            await next(http);
            if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                throw new RefusedException(
                    StatusCodes.Status405MethodNotAllowed,
                    $"{Reply.Shown(http.Request.Method)} is not for {http.Request.Path}; "
                    + $"{http.Response.Headers.Allow} is");
        }
        catch (RefusedException e) when (!http.Response.HasStarted)
        {
            await Reply.Refusal(http, e.Status, e.Message);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
            when (!http.Response.HasStarted)
        {
            await Reply.Refusal(http, e.StatusCode, e.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Its client has gone: nobody is left to be told.
        }
        catch (ObjectDisposedException) when (!http.Response.HasStarted)
        {
            await Reply.Refusal(
                http, StatusCodes.Status503ServiceUnavailable, "the daemon is about to end");
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            _narrator.Failed(e);
            await Reply.Refusal(
                http, StatusCodes.Status500InternalServerError,
                "something went wrong here; the daemon's log has it");
        }
        catch (Exception e)
        {
            // In the middle of an answer: it ends there, so that nobody takes it for whole.
            if (e is not ObjectDisposedException)
                _narrator.Failed(e);
            http.Abort();
        }
    }

    private static Task NothingHere(HttpContext http)
    {
        var there = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText ?? "")
            .Where(pattern => !pattern.Contains('*', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        return Reply.Refusal(
            http, StatusCodes.Status404NotFound,
            $"nothing at {Reply.Shown(http.Request.Path)}; there are: {string.Join(" ", there)}");
    }

    // Signals are the daemon's.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
