/// What the engine can be told, from any thread.
public enum Command: Sendable {
    /// New settings; what can go on without a rebuild goes on, a second change cancels a rebuild under way.
    case set(Settings)
    case pause(Bool)
    /// Do so many steps although paused.
    case step(Int)
    case pace(Pace)
    /// Back to step 0 of the same settings.
    case restart
    /// Runs a script from its beginning; `set` and `restart` end it.
    case script(Script)
    /// What the view wants beside the stream.
    case watch(Details)
    /// Measures time against n between the steps, or stands still with what it has.
    case sweep(Bool)
    /// Runs Algorithm 2 over the prompt beside the stream; nil cancels it.
    case prefill(PrefillMask?)
    /// Forgets what was measured beside the stream, the race of the parts and the prefill, so that it is measured anew.
    case forgetMeasured
    /// What a person types into the text that a language model writes: it reads it next, and goes on from there.
    case type([UInt8])
    case stop
}

/// What a prefill sees.
public enum PrefillMask: Sendable, Equatable {
    /// Query i sees the keys up to i, as a decoder does.
    case causal
    /// Every query sees every key, as in the paper's Algorithm 2.
    case full
}

/// How fast the engine decodes.
public enum Pace: Sendable, Equatable {
    case stepsPerSecond(Double)
    case full

    /// What `<` and `>` step through: 1 step a second to full speed.
    public static let ladder: [Pace] = [1, 2, 5, 10, 20, 50, 100, 200, 500].map(Pace.stepsPerSecond) + [.full]
    public static let initial = Pace.stepsPerSecond(20)
}
