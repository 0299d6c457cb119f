using System.Runtime.InteropServices;
using System.Text;

namespace BadMinima.MLNet.Native;

/// <summary>
/// The few functions of MPI that averaging needs, as Open MPI 4 and 5 have them: its handles are addresses of its own symbols, so another
/// MPI, whose handles are other things, is told apart before it is called. Whoever waits looks now and then and sleeps meanwhile: MPI's own
/// waits keep a core busy, which others on this machine may need. All methods may be called from one thread at a time.
/// </summary>
internal static unsafe class OpenMpi
{
    private const string Rank = "OMPI_COMM_WORLD_RANK";
    private const string Size = "OMPI_COMM_WORLD_SIZE";
    private const string LocalRank = "OMPI_COMM_WORLD_LOCAL_RANK";
    private const string LocalSize = "OMPI_COMM_WORLD_LOCAL_SIZE";

    // MPI_THREAD_SERIALIZED: several threads, one at a time.
    private const int Serialized = 2;
    private const int LongestName = 256;
    private const int Spins = 200;

    // Who else starts processes of a job: MPICH and Intel MPI, PMIx, Slurm's srun.
    private static readonly string[] OtherSizes = ["PMI_SIZE", "SLURM_STEP_NUM_TASKS"];
    private const string PmixRank = "PMIX_RANK";

    private static readonly Lock Gate = new();
    private static Library? _library;
    private static void* _sent;
    private static nuint _sentBytes;

    /// <summary>Whether mpirun has started this process, and others with it.</summary>
    public static bool IsJob => Count > 1;

    /// <summary>How many processes the job has; 1 without a job.</summary>
    public static int Count => int.TryParse(Environment.GetEnvironmentVariable(Size), out int size) ? size : 1;

    /// <summary>Whether this is the job's first process, or there is no job.</summary>
    public static bool IsFirst => !IsJob || Environment.GetEnvironmentVariable(Rank) is null or "0";

    /// <summary>Whether it looks as if something else than Open MPI's mpirun had started several processes.</summary>
    public static bool IsOtherJob => Environment.GetEnvironmentVariable(Size) is null
        && (Environment.GetEnvironmentVariable(PmixRank) is not null
            || OtherSizes.Any(name => int.TryParse(Environment.GetEnvironmentVariable(name), out int size) && size > 1));

    /// <summary>Which of this machine's processes this is, and how many there are of the job; null without a job.</summary>
    public static (int Rank, int Count)? OnThisMachine
        => IsJob && int.TryParse(Environment.GetEnvironmentVariable(LocalRank), out int rank)
            && int.TryParse(Environment.GetEnvironmentVariable(LocalSize), out int count) ? (rank, count) : null;

    /// <summary>Whether all processes end alike, so that one whose exit code is not 0 need not end the others.</summary>
    public static bool LeavesWithOthers { get; set; }

    /// <summary>Joins the job; again: does nothing. It is left when the process ends.</summary>
    /// <returns>The process's number in it, and how many there are.</returns>
    /// <exception cref="InvalidOperationException">There is no Open MPI, or another MPI; the message says what to do.</exception>
    public static (int Rank, int Count) Join()
    {
        lock (Gate)
        {
            Library mpi = _library ??= Library.Load();
            (int rank, int count) = (0, 0);
            mpi.CommRank(mpi.World, &rank);
            mpi.CommSize(mpi.World, &count);
            return count == Count ? (rank, count) : throw new InvalidOperationException(
                $"mpirun has started {Count} processes, but the MPI library here, {mpi.Version}, knows of {count}: it is of another "
                + "installation. Call the mpirun that belongs to it, or put the library of that mpirun into LD_LIBRARY_PATH.");
        }
    }

    /// <summary>The sum over all processes, in the place of the values.</summary>
    public static void Sum(Span<float> values)
    {
        fixed (float* at = values)
        {
            AllReduce(at, values.Length, sizeof(float), Joined.Float, Joined.SumOperation);
        }
    }

    /// <summary>The same of doubles.</summary>
    public static void Sum(Span<double> values)
    {
        fixed (double* at = values)
        {
            AllReduce(at, values.Length, sizeof(double), Joined.Double, Joined.SumOperation);
        }
    }

    /// <summary>The bits that any process has set.</summary>
    public static int Or(int flags)
    {
        AllReduce(&flags, 1, sizeof(int), Joined.Int, Joined.OrOperation);
        return flags;
    }

    /// <summary>What each process has given, by rank.</summary>
    public static byte[][] Gather(byte[] own, int count)
    {
        int length = own.Length;
        int[] lengths = new int[count], offsets = new int[count];
        fixed (int* all = lengths)
        {
            nint request = 0;
            lock (Gate)
            {
                Joined.IAllGather(&length, 1, Joined.Int, all, 1, Joined.Int, Joined.World, &request);
            }

            Wait([request]);
        }

        for (int i = 1; i < count; i++)
        {
            offsets[i] = checked(offsets[i - 1] + lengths[i - 1]);
        }

        byte[] together = new byte[offsets[^1] + lengths[^1]];
        fixed (byte* from = own, to = together)
        fixed (int* sizes = lengths, places = offsets)
        {
            nint request = 0;
            lock (Gate)
            {
                Joined.IAllGatherV(from, length, Joined.Byte, to, sizes, places, Joined.Byte, Joined.World, &request);
            }

            Wait([request]);
        }

        return [.. Enumerable.Range(0, count).Select(i => together.AsSpan(offsets[i], lengths[i]).ToArray())];
    }

    /// <summary>Begins to send floats to another process. They stay where they are, and as they are, until it is done.</summary>
    /// <returns>For <see cref="Wait"/>.</returns>
    public static nint Send(float* values, int count, int to, int tag)
    {
        nint request = 0;
        lock (Gate)
        {
            Joined.ISend(values, count, Joined.Float, to, tag, Joined.World, &request);
        }

        return request;
    }

    /// <summary>Begins to receive floats of another process.</summary>
    /// <returns>For <see cref="Wait"/>.</returns>
    public static nint Receive(float* values, int count, int from, int tag)
    {
        nint request = 0;
        lock (Gate)
        {
            Joined.IReceive(values, count, Joined.Float, from, tag, Joined.World, &request);
        }

        return request;
    }

    /// <summary>Whether all requests are done; MPI works on them when it is asked.</summary>
    public static bool AreDone(nint[] requests)
    {
        lock (Gate)
        {
            int done = 0;
            fixed (nint* at = requests)
            {
                Joined.TestAll(requests.Length, at, &done, 0);
            }

            return done != 0;
        }
    }

    /// <summary>Waits until all requests are done.</summary>
    public static void Wait(nint[] requests)
    {
        for (int looks = 0; !AreDone(requests); looks++)
        {
            if (looks < Spins)
            {
                Thread.Yield();
            }
            else
            {
                Thread.Sleep(looks < 10 * Spins ? 0 : 1);
            }
        }
    }

    /// <summary>Ends all processes of the job, this one too.</summary>
    public static void Abort(int code)
    {
        lock (Gate)
        {
            _library?.AbortJob(_library.World, code);
        }
    }

    private static Library Joined => _library ?? throw new InvalidOperationException("The MPI job has not been joined.");

    private static void AllReduce(void* values, int count, int size, nint type, nint operation)
    {
        nint request = 0;
        lock (Gate)
        {
            // Of a copy, and not in place: for that Open MPI has its slowest algorithm alone, by way of the first process.
            nuint bytes = (nuint)count * (nuint)size;
            if (bytes > _sentBytes)
            {
                _sent = NativeMemory.Realloc(_sent, bytes);
                _sentBytes = bytes;
            }

            NativeMemory.Copy(values, _sent, bytes);
            Joined.IAllReduce(_sent, values, count, type, operation, Joined.World, &request);
        }

        Wait([request]);
    }

    private sealed class Library
    {
        private static readonly string[] Names = ["libmpi.so.40", "libmpi.so", "libmpi.dylib", "libmpi.so.12"];

        private const string OpenMpiVersion = "'Open MPI v";
        private const int Oldest = 4;

        private Library(nint handle, string version)
        {
            Version = version;
            nint Export(string name) => NativeLibrary.GetExport(handle, name);
            (World, Float, Double) = (Export("ompi_mpi_comm_world"), Export("ompi_mpi_float"), Export("ompi_mpi_double"));
            (Int, Byte) = (Export("ompi_mpi_int"), Export("ompi_mpi_byte"));
            (SumOperation, OrOperation) = (Export("ompi_mpi_op_sum"), Export("ompi_mpi_op_bor"));
            CommRank = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank");
            CommSize = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size");
            IAllReduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int>)Export("MPI_Iallreduce");
            IAllGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)Export("MPI_Iallgather");
            IAllGatherV
                = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, nint*, int>)Export("MPI_Iallgatherv");
            ISend = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
            IReceive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
            TestAll = (delegate* unmanaged<int, nint*, int*, nint, int>)Export("MPI_Testall");
            AbortJob = (delegate* unmanaged<nint, int, int>)Export("MPI_Abort");
            Initialize = (delegate* unmanaged<int*, byte***, int, int*, int>)Export("MPI_Init_thread");
            Initialized = (delegate* unmanaged<int*, int>)Export("MPI_Initialized");
            Finish = (delegate* unmanaged<int>)Export("MPI_Finalize");
        }

        public string Version { get; }

        public nint World { get; }

        public nint Float { get; }

        public nint Double { get; }

        public nint Int { get; }

        public nint Byte { get; }

        public nint SumOperation { get; }

        public nint OrOperation { get; }

        public delegate* unmanaged<nint, int*, int> CommRank { get; }

        public delegate* unmanaged<nint, int*, int> CommSize { get; }

        public delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int> IAllReduce { get; }

        public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> IAllGather { get; }

        public delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, nint*, int> IAllGatherV { get; }

        public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> ISend { get; }

        public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> IReceive { get; }

        public delegate* unmanaged<int, nint*, int*, nint, int> TestAll { get; }

        public delegate* unmanaged<nint, int, int> AbortJob { get; }

        private delegate* unmanaged<int*, byte***, int, int*, int> Initialize { get; }

        private delegate* unmanaged<int*, int> Initialized { get; }

        private delegate* unmanaged<int> Finish { get; }

        public static Library Load()
        {
            nint handle = 0;
            if (!Array.Exists(Names, name => NativeLibrary.TryLoad(name, out handle)))
            {
                throw new InvalidOperationException(
                    $"This process was started by mpirun, but there is no MPI library here ({string.Join(", ", Names)}). Install Open MPI "
                    + "(Debian: libopenmpi3 or libopenmpi40), or put its folder into LD_LIBRARY_PATH.");
            }

            string version = VersionOf(handle);
            if (!NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _) || IsTooOld(version))
            {
                throw new InvalidOperationException(
                    $"The MPI library here is {version}; Open MPI 4 or 5 is needed, with the mpirun that belongs to it.");
            }

            Library library = new(handle, version);
            (int there, int provided) = (0, 0);
            library.Initialized(&there);
            if (there == 0)
            {
                if (library.Initialize(null, null, Serialized, &provided) != 0 || provided < Serialized)
                {
                    throw new InvalidOperationException(
                        $"{version} could not be started with support of threads (level {provided}; {Serialized} is needed).");
                }

                AppDomain.CurrentDomain.ProcessExit += (_, _) => library.Leave();
            }

            return library;
        }

        /// <summary>
        /// Leaves the job, for which all its processes wait for each other; one that has failed ends them instead, since they may wait
        /// for it elsewhere.
        /// </summary>
        private void Leave()
        {
            lock (Gate)
            {
                if (Environment.ExitCode != 0 && !LeavesWithOthers)
                {
                    AbortJob(World, Environment.ExitCode);
                }
                else
                {
                    Finish();
                }
            }
        }

        private static bool IsTooOld(string version)
            => version.StartsWith(OpenMpiVersion, StringComparison.Ordinal)
                && int.TryParse(version[OpenMpiVersion.Length..].Split('.')[0], out int major) && major < Oldest;

        private static string VersionOf(nint handle)
        {
            if (!NativeLibrary.TryGetExport(handle, "MPI_Get_library_version", out nint function))
            {
                return "of an unknown kind";
            }

            byte* text = stackalloc byte[1 << 13];
            int length = 0;
            ((delegate* unmanaged<byte*, int*, int>)function)(text, &length);
            string version = Encoding.UTF8.GetString(text, Math.Clamp(length, 0, LongestName)).Trim('\0', '\n', ' ');
            return $"'{version.Split('\n')[0]}'";
        }
    }
}
