import Attention

/// A run that is exact to the step: stretches of steps under settings, from step 0 of the first one's data.
///
/// The same script gives the same counts and the same heatmap whenever it is run, since nothing in it looks at a clock:
/// going back in a talk is running a shorter script.
public struct Script: Sendable {
    /// So many steps under the same settings; settings that need other keys make them first.
    public struct Stretch: Sendable {
        public var settings: Settings
        /// How many steps; with a condition, at most.
        public var steps: Int
        /// What a person would type before its first step, where a language model writes.
        public var typed: [UInt8] = []
        /// Ends the stretch after the first step that it holds for.
        public var until: (@Sendable (StepRecord) -> Bool)?

        public init(settings: Settings, steps: Int, until: (@Sendable (StepRecord) -> Bool)? = nil) {
            self.settings = settings
            self.steps = steps
            self.until = until
        }
    }

    /// Chosen by who sends it, to tell its snapshots from those of the script before.
    public var id: Int
    public var stretches: [Stretch]
    /// The stretches at the start that run as fast as they can: the way to where the picture is wanted.
    public var skipped: Int
    /// Whether the engine stands still at the end, or goes on under the last settings.
    public var holds: Bool
    /// Whether the plots keep what was before it; the heatmap never does.
    public var keepsHistory: Bool
    /// The pace that rows of the heatmap are made for, whatever the engine's own: one that only runs a script through sees
    /// what people see. nil where it is the engine's.
    public var shownPace: Pace?

    public init(
        id: Int, stretches: [Stretch], skipped: Int = 0, holds: Bool = false, keepsHistory: Bool = false
    ) {
        self.id = id
        self.stretches = stretches
        self.skipped = skipped
        self.holds = holds
        self.keepsHistory = keepsHistory
    }

    /// How far a script is.
    public struct Position: Sendable, Equatable {
        public var id: Int
        /// The stretches begun, in order; the last is under way.
        public var stretches: [StretchState] = []
        /// Whether it still runs towards where the picture is wanted.
        public var isSkipping: Bool
        public var isDone = false
        /// The number in the history's stream of the first record that was not skipped.
        public var firstRecord = 0
    }

    public struct StretchState: Sendable, Equatable {
        public var steps = 0
        /// Whether the condition came true; nil as long as it did not, and where there is none.
        public var isMet: Bool?
    }

    /// How often dense attention runs beside a script: fixed by the size alone, so that errors are known on the same
    /// steps every time.
    static func denseEvery(rows: Int, dimension: Int) -> Int {
        min(16, max(1, rows * dimension >> 20))
    }
}

/// A script under way: which stretch is next, and when it is over.
struct ScriptRun {
    let script: Script
    private(set) var position: Script.Position
    /// The stretch whose letters were typed last.
    private var typedAt = -1

    init(_ script: Script, appended: Int) {
        self.script = script
        position = Script.Position(id: script.id, isSkipping: script.skipped > 0)
        position.firstRecord = appended
        open(appended: appended)
    }

    /// Those of the stretch under way.
    var settings: Settings { script.stretches[position.stretches.count - 1].settings }

    /// Whether steps are only on the way, with no condition to be looked at: then their set is all that is wanted of them.
    var wantsSetsAlone: Bool {
        position.isSkipping && script.stretches[position.stretches.count - 1].until == nil
    }

    /// What is typed before the next step, once.
    mutating func takeTyped() -> [UInt8]? {
        let at = position.stretches.count - 1
        guard at >= 0, at != typedAt else { return nil }
        typedAt = at
        let typed = script.stretches[at].typed
        return typed.isEmpty ? nil : typed
    }

    /// Whether nothing is to be decoded until another command comes.
    var stands: Bool { position.isDone && script.holds }

    /// Takes a step's record; returns the settings of the next stretch where one begins.
    mutating func note(_ record: StepRecord, appended: Int) -> Settings? {
        guard !position.isDone else { return nil }
        let at = position.stretches.count - 1
        let stretch = script.stretches[at]
        position.stretches[at].steps += 1
        if let until = stretch.until, until(record) { position.stretches[at].isMet = true }
        guard position.stretches[at].steps >= stretch.steps || position.stretches[at].isMet == true else { return nil }
        return open(appended: appended)
    }

    /// Begins the next stretch that has steps; at the end the last one's settings stay.
    @discardableResult
    private mutating func open(appended: Int) -> Settings? {
        while position.stretches.count < script.stretches.count {
            let stretch = script.stretches[position.stretches.count]
            if position.isSkipping, position.stretches.count >= script.skipped {
                position.isSkipping = false
                position.firstRecord = appended
            }
            position.stretches.append(Script.StretchState())
            // A stretch without steps still sets the scene for what follows the script.
            if stretch.steps > 0 || position.stretches.count == script.stretches.count {
                position.isDone = stretch.steps == 0
                return stretch.settings
            }
        }
        if position.isSkipping {
            position.isSkipping = false
            position.firstRecord = appended
        }
        position.isDone = true
        return nil
    }
}
