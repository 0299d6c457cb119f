using System.Reflection;
using BadMinima.Experiments;
using BadMinima.Reporting;

// Started as `dotnet badminima.dll`, the process is dotnet.
string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
    ? [Environment.ProcessPath!, Assembly.GetExecutingAssembly().Location]
    : [Environment.ProcessPath!];
return ConsoleProgram.Run(CommandLine.Create(Catalogue.All, program), args);
