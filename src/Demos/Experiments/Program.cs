using BadMinima.Experiments;
using BadMinima.Reporting;

return SweepWorker.TryRun(args) ?? ConsoleProgram.Run(CommandLine.Create(Catalogue.All, SweepWorker.Program), args);
