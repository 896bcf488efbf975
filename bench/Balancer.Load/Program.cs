namespace Balancer.Load;

/// <summary>The executable: arguments in, a load on a server, its figures out.</summary>
static class Program
{
    static int Main(string[] args) =>
        CommandLine.Run(args, LoadCommand.Run, Console.Out, Console.Error);
}
