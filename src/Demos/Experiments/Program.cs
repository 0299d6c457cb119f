using BadMinima.Experiments;
using BadMinima.Reporting;

return ConsoleProgram.Run(CommandLine.Create(Catalogue.All), args);
