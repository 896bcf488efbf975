// FUZZING: mutated real traffic against everything that reads what others wrote.
//
//   balancer-fuzz [--inputs N] [--seed S] [--target reader|answers|datagrams|commands] [--chunk C]
//
// Without a target, N inputs in all, shared out by what an input costs. The exit code is 1 if
// something was found, and then a report says what, with which input, and how to see it again. The
// targets say what must hold; Corpus/ has the traffic, Mutator.cs what becomes of it.

using System.Globalization;
using Balancer.Fuzz;
using Balancer.Fuzz.Targets;

const int Found = 1, Misused = 2;

(Func<ITarget> Make, string Name, double Share)[] targets =
[
    (() => new ReaderTarget(), "reader", 0.5),
    (() => new AnswersTarget(), "answers", 0.08),
    (() => new DatagramsTarget(), "datagrams", 0.415),
    (() => new CommandsTarget(), "commands", 0.005),
];

if (FuzzOptions.Read(args, [.. targets.Select(target => target.Name)], out var refusal)
    is not { } options)
{
    Console.Error.WriteLine($"balancer-fuzz: {refusal}");
    return Misused;
}

var code = 0;
foreach (var (make, name, share) in targets)
{
    if (options.Target is not null && options.Target != name)
        continue;
    var inputs = options.Target is null ? (long)(options.Inputs * share) : options.Inputs;
    using var target = make();
    var verdict = options.Chunk is { } chunk
        ? Campaign.RunOne(target, options.Seed, chunk)
        : Campaign.Run(target, options.Seed, inputs);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-10}{verdict.Inputs,13:N0} inputs in {verdict.Took.TotalSeconds:N1} s, ")
        + (verdict.Report is null ? "nothing found" : $"FOUND\n\n{verdict.Report}\n"));
    if (verdict.Report is not null)
        code = Found;
}
return code;
