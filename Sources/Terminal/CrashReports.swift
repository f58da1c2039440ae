import CSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What Swift's runtime does after a crash.
public enum CrashReports {
    /// Makes a crash print its trace and end. To be called first of all.
    ///
    /// On a terminal the runtime would ask what to do and wait half a minute for a key, in front of an audience. It reads
    /// its settings from the environment when the process starts, so the program starts itself once more with them.
    /// Settings that the user made are left alone.
    public static func withoutQuestions() {
        let name = "SWIFT_BACKTRACE"
        guard isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0, getenv(name) == nil else { return }
        // Names without lines: with lines a large program takes two seconds, and the shell waits.
        setenv(name, "interactive=no,color=no,images=none,registers=none,threads=crashed,symbolicate=fast", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        cs_start_again(&arguments)
        for argument in arguments { free(argument) }
    }

    /// Lets every signal through that the parent had blocked when it started the program, so that TERM ends a command at once.
    public static func unblockSignals() { cs_clear_mask() }

    /// Gives the calling thread a second stack for handlers; without one, an overflow of its stack ends the program before
    /// the terminal is given back. The main thread has one as long as the terminal is open.
    @Sendable public static func protectThread() { cs_alternate_stack() }
}
