import Evaluation
import HalfSpace
import Measurement

/// What runs beside the stream because a view wants it: looks at single steps, the sweep of n, the race of the two
/// parts, a prefill. Owned by the engine's thread.
final class ViewService {
    private let threads: Int?
    private let wake: @Sendable () -> Void
    private var settings: Settings
    private let sweep: Sweep
    private let observer: Observer
    private var schedule = ObservationSchedule()
    private var parts: PartsRace?
    private var prefillRun: PrefillRunner?
    private var prefillShown: Double?
    private var heads: HeadsRunner?
    private let policies: PolicyService
    private var headsShown: Int?
    private var levels: LevelsFrame?
    /// Levels of a step whose geometry is still being looked at: both are shown together.
    private var levelsToCome: LevelsFrame?
    /// The step of each detail's last look.
    private var lookedAt: [Int: Int] = [:]
    /// Whether what was seen was of other keys.
    private var hasForgotten = false
    /// Whether something was seen that no snapshot has yet.
    private var hasLooked = false
    private var order: KeyOrder?
    private let report = Report()

    /// What measuring may take of the engine's thread before the stream has its turn again, in seconds.
    private static let slice = 0.01

    init(settings: Settings, threads: Int?, wake: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.threads = threads
        self.wake = wake
        sweep = Sweep(settings: settings, threads: threads, wake: wake)
        observer = Observer(wake: wake)
        policies = PolicyService(wake: wake)
    }

    deinit {
        prefillRun?.cancel()
        heads?.cancel()
    }

    /// Whether it has work that only the engine's thread can do.
    var wantsTime: Bool { sweep.wantsTime || parts?.wantsTime ?? false }

    /// Whether the stream keeps a pace, so that looks may take more of a machine that is idle.
    var isPaced: Bool {
        get { schedule.isPaced }
        set { schedule.isPaced = newValue }
    }

    /// Whether something of it uses the machine now, so that times are measured under load.
    var isBusy: Bool {
        observer.isBusy || prefillRun?.isRunning ?? false || heads?.isRunning ?? false || policies.isBusy
    }

    // MARK: What views ask for

    func watch(_ details: Details, _ session: DecodeSession?) {
        schedule.details = details
        // A race that is over stays for the next look; one under way would hold its keys.
        if !details.contains(.parts), parts?.isDone == false { parts = nil }
        if !details.contains(.order) { schedule.orderIsStale = true }
        surveyHeads()
        policies.isWanted = details.contains(.policies)
        if let session {
            look(at: session)
            policies.look(at: session)
        }
    }

    /// Whether a view wants something.
    func wants(_ detail: Details) -> Bool { schedule.details.contains(detail) }

    func sweep(_ isRunning: Bool) {
        isRunning ? sweep.resume() : sweep.suspend()
    }

    /// Starts a prefill, or cancels the one under way.
    func prefill(_ mask: PrefillMask?) {
        prefillRun?.cancel()
        guard let mask else { return }
        prefillShown = nil
        prefillRun = PrefillRunner(settings: settings, mask: mask, wake: wake)
    }

    /// What was measured of the present settings is measured anew, once a view wants it.
    func forgetMeasured() {
        parts = nil
        prefillRun?.cancel()
        prefillRun = nil
    }

    /// Other settings are in force.
    func adopt(_ settings: Settings) {
        self.settings = settings
        sweep.adopt(settings)
        parts = nil
        prefillRun?.cancel()
        policies.stop()
        surveyHeads()
    }

    /// Has the heads of the trace measured while a view wants them; what is known of the same trace stays.
    private func surveyHeads() {
        guard schedule.details.contains(.heads), settings.workload == .trace, let path = settings.tracePath else {
            heads?.cancel()
            return
        }
        let trace = HeadsRunner.Trace(path: path, options: settings.traceOptions)
        var known: [HeadSurvey.Place: HeadFigures] = [:]
        if let heads, heads.trace == trace {
            switch heads.frame.phase {
            case .measuring, .done: return
            case .cancelled: known = heads.frame.figures
            case .failed: break
            }
        }
        heads?.cancel()
        let first = settings.layer.map { HeadSurvey.Place(layer: $0, head: settings.head ?? 0) }
        heads = HeadsRunner(trace, first: first, known: known, wake: wake)
        headsShown = nil
    }

    /// The keys are others now.
    func forgetKeys() {
        observer.forget()
        policies.stop()
        schedule.orderIsStale = true
        levels = nil
        levelsToCome = nil
        lookedAt = [:]
        hasForgotten = true
        order = nil
    }

    // MARK: Looking at steps

    /// Whether a view shows an older step than the newest: where the stream stands, nobody would ever look at it.
    func owesLook(at session: DecodeSession) -> Bool {
        guard session.step > 0 else { return false }
        // The order of the same keys stays.
        if schedule.details.contains(.order), lookedAt[Details.order.rawValue] == nil { return true }
        return [Details.geometry, .accuracy, .levels].contains { detail in
            schedule.details.contains(detail) && lookedAt[detail.rawValue] != session.step - 1
        }
    }

    /// Has the newest step looked at, if a view wants it and its turn has come.
    func look(at session: DecodeSession) {
        let now = MonotonicClock.seconds
        let due = schedule.due(at: now, merges: session.index.statistics.merges)
        guard !due.isEmpty, let query = session.recentQueries.last else { return }
        if due.contains(.order) {
            order = KeyOrder(session.index.order)
            lookedAt[Details.order.rawValue] = session.step - 1
            hasLooked = true
            schedule.note(.order, at: now, took: MonotonicClock.seconds - now, merges: session.index.statistics.merges)
        }
        guard let half = try? Query(query, threshold: session.threshold) else { return }
        // Panels side by side show one step.
        let isJoint = schedule.details.contains([.levels, .geometry])
        if isJoint, !due.contains([.levels, .geometry]) || observer.isBusy { return }
        if due.contains(.levels) {
            let start = MonotonicClock.seconds
            let seen = LevelsFrame(
                of: half, session: session, report: report, drawsTree: schedule.details.contains(.tree))
            if isJoint { levelsToCome = seen } else { levels = seen }
            lookedAt[Details.levels.rawValue] = session.step - 1
            hasLooked = true
            schedule.note(.levels, at: start, took: MonotonicClock.seconds - start)
        }
        let wanted = due.intersection([.geometry, .accuracy])
        guard !wanted.isEmpty, !observer.isBusy else { return }
        for detail in [Details.geometry, .accuracy] where wanted.contains(detail) {
            lookedAt[detail.rawValue] = session.step - 1
        }
        let start = MonotonicClock.seconds
        let isGeometry = wanted.contains(.geometry)
        observer.look(
            Observation(
                details: wanted, step: session.step - 1, query: query, trail: session.recentQueries.dropLast(),
                threshold: session.threshold, store: session.store, rows: session.promptLength,
                statistics: session.promptStatistics, valueNorm: session.promptValueNorm,
                fates: isGeometry ? session.index.fates(of: half) : nil,
                cells: isGeometry ? session.planeCells : [],
                turn: session.store.dimension == 3 ? ObservationSchedule.turn : 0))
        schedule.note(wanted, at: start, took: MonotonicClock.seconds - start)
    }

    /// Policies see every step.
    func follow(_ session: DecodeSession, reported: Int) { policies.note(session, reported: reported) }

    // MARK: On the engine's thread

    /// The sweep and the race of the two parts have a little time; returns whether anything changed.
    func advance(beside session: DecodeSession?, underLoad: Bool) -> Bool {
        var changed = sweep.advance(seconds: Self.slice, underLoad: underLoad || isBusy)
        if schedule.details.contains(.parts), let session {
            let inUse = session.index.statistics.kind
            let race = parts ?? PartsRace(settings: settings, inUse: inUse, threads: threads, wake: wake)
            parts = race
            if race.advance(seconds: Self.slice) { changed = true }
        }
        return changed
    }

    /// Puts what there is into a snapshot; returns whether anything is new.
    func collect(into snapshot: inout Snapshot) -> Bool {
        snapshot.sweep = sweep.snapshot
        snapshot.parts = parts?.frame
        if hasForgotten {
            (snapshot.geometry, snapshot.accuracy) = (nil, nil)
            hasForgotten = false
        }
        snapshot.order = order
        var changed = hasLooked
        hasLooked = false
        if let findings = observer.take() {
            if let geometry = findings.geometry {
                snapshot.geometry = geometry
                if let seen = levelsToCome, seen.step == geometry.step { levels = seen }
            }
            if let accuracy = findings.accuracy { snapshot.accuracy = accuracy }
            schedule.noteEnd(of: findings.details, at: MonotonicClock.seconds, took: findings.seconds)
            changed = true
        }
        snapshot.levels = levels
        if let heads, heads.version != headsShown {
            headsShown = heads.version
            snapshot.survey = heads.frame
            changed = true
        }
        if policies.takeForgotten(), snapshot.policies != nil {
            snapshot.policies = nil
            changed = true
        }
        if let frame = policies.take() {
            snapshot.policies = frame
            changed = true
        }
        if prefillRun == nil { snapshot.prefill = nil }
        if let prefillRun, prefillRun.version != prefillShown {
            prefillShown = prefillRun.version
            snapshot.prefill = prefillRun.frame
            changed = true
        }
        return changed
    }
}
