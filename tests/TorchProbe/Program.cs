// Loads torch in a process of its own, since what a process has loaded, or failed to load, stays so. Prints what was loaded and a sum that
// torch computed, or the message.
using BadMinima.MLNet;
using TorchSharp;

if (args is ["torch-first"])
{
    try
    {
        torch.InitializeDeviceType(DeviceType.CPU);
    }
    catch (TypeInitializationException)
    {
        Console.WriteLine("TorchSharp alone: failed");
    }
}

string? first = null;
for (int attempt = 0; attempt < 2; attempt++)
{
    try
    {
        TorchRuntime.EnsureLoaded();
    }
    catch (TorchLoadException e)
    {
        if (first == e.Message)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }

        first = e.Message;
    }
}

Console.WriteLine(TorchRuntime.Description);
Console.WriteLine(torch.arange(5).sum().item<long>());
return 0;
