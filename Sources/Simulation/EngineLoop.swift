import Foundation
import HalfSpace
import Measurement
import Workload

/// What the engine's thread does: takes commands, decodes at the pace, publishes.
final class EngineLoop {
    private let threads: Int?
    private let mailbox: Mailbox
    private let published: Published

    private var snapshot: Snapshot
    private var session: DecodeSession?
    private var builder: SessionBuilder?
    private var metronome = Metronome(pace: .initial)
    private var denseSchedule = ShareSchedule(share: 0.5)
    /// Of the steps that dense attention runs on.
    private var refereeSchedule = ShareSchedule(share: 0.1)
    private var heatGrouping = HeatGrouping()
    private let views: ViewService
    private var stepsAsked = 0
    private var script: ScriptRun?
    /// Until when the way to where a script wants the picture is not shown.
    private var curtain = -Double.infinity
    private var isStopped = false
    /// Whether the session that is being built starts at step 0, though the one before it stood elsewhere.
    private var beginsAnew = false
    /// What changed since the last step, for the mark on the next.
    private var pendingMark: StepRecord.Mark?
    private var isDirty = true

    private static let frame = 1.0 / 30

    init(settings: Settings, threads: Int?, mailbox: Mailbox, published: Published) {
        self.threads = threads
        self.mailbox = mailbox
        self.published = published
        snapshot = published.snapshot
        views = ViewService(settings: settings, threads: threads) { [mailbox] in mailbox.wake() }
        build(settings, reusing: nil)
    }

    func run() {
        var lastPublished = -Double.infinity
        while !isStopped {
            let now = MonotonicClock.seconds
            var deadline: Double?
            if isDecoding { deadline = stepsAsked > 0 || isSkipping ? now : metronome.nextStep }
            if views.wantsTime, !snapshot.isPaused { deadline = now }
            if owesLook { deadline = min(deadline ?? .infinity, now + Self.frame) }
            if isDirty || builder != nil {
                deadline = min(deadline ?? .infinity, max(lastPublished + Self.frame, isBehindCurtain ? curtain : 0))
            }
            let commands = mailbox.take(until: deadline)
            for command in commands { handle(command) }
            takeBuilt()
            if isDecoding { decodeDueSteps() }
            if owesLook, let session { views.look(at: session) }
            if !snapshot.isPaused, views.advance(beside: session, underLoad: builder != nil) { isDirty = true }
            if views.collect(into: &snapshot) { isDirty = true }
            if isBehindCurtain { continue }
            if !commands.isEmpty
                || ((isDirty || builder != nil) && MonotonicClock.seconds >= lastPublished + Self.frame)
            {
                lastPublished = MonotonicClock.seconds
                publish()
            }
        }
        builder?.cancel()
    }

    private var isDecoding: Bool {
        guard session != nil else { return false }
        return stepsAsked > 0 || isSkipping || !snapshot.isPaused && script?.stands != true
    }

    /// Whether the stream stands at a step that a view has not seen yet.
    private var owesLook: Bool { !isDecoding && session.map(views.owesLook(at:)) == true }

    private var isBehindCurtain: Bool {
        script != nil && (isSkipping || builder != nil) && MonotonicClock.seconds < curtain
    }

    private var isSkipping: Bool { script?.position.isSkipping ?? false }

    // MARK: Commands

    private func handle(_ command: Command) {
        switch command {
        case .set(let settings):
            script = nil
            adopt(settings)
        case .script(let script): begin(script)
        case .pause(let isPaused):
            snapshot.isPaused = isPaused
            stepsAsked = 0
            metronome.restart()
        case .step(let count): stepsAsked += max(0, count)
        case .pace(let pace):
            snapshot.pace = pace
            views.isPaced = pace != .full
            metronome = Metronome(pace: pace)
            heatGrouping = HeatGrouping()
        case .restart:
            script = nil
            restart()
        case .sweep(let isRunning): views.sweep(isRunning)
        case .prefill(let mask): views.prefill(mask)
        case .forgetMeasured: views.forgetMeasured()
        case .type(let bytes): session?.text?.writer.type(bytes)
        case .watch(let details): views.watch(details, session)
        case .stop: isStopped = true
        }
        isDirty = true
    }

    private func begin(_ script: Script) {
        guard !script.stretches.isEmpty else { return }
        let run = ScriptRun(script, appended: snapshot.history.appended)
        self.script = run
        stepsAsked = 0
        curtain = MonotonicClock.seconds + Self.longestCurtain
        adopt(run.settings)
        if session == nil && builder == nil { build(run.settings, reusing: nil) }
        restart(keepingHistory: script.keepsHistory)
    }

    /// Back to step 0, at once or as soon as what is being built is there.
    private func restart(keepingHistory: Bool = false) {
        session?.restart()
        beginsAnew = builder != nil
        clearPlots(keepingHistory: keepingHistory)
        metronome.restart()
    }

    /// How long a screen may show what was before while a script runs to where it wants the picture, in seconds.
    private static let longestCurtain = 0.3

    private func adopt(_ asked: Settings) {
        var settings = asked
        settings.fitModel()
        let before = snapshot.settings
        guard settings != before else { return }
        pendingMark = .parameter(settings.difference(from: before))
        views.adopt(settings)
        snapshot.settings = settings
        if let session, settings.sharesData(with: before) {
            let needsIndex = session.adopt(settings)
            startSchedules()
            guard needsIndex else { return }
        }
        if settings.sharesData(with: before), builder != nil {
            // The data under way serve the new settings as well.
            return
        }
        let text = settings.sharesText(with: before) ? session?.text : nil
        let sharesKeys = settings.sharesKeys(with: before) || settings.sharesLayer(with: before)
        // Another index over the same keys is not to be seen in the stream: it goes on at its step, whichever was there before.
        let goesOn = settings.sharesData(with: before)
        let prompt = text == nil && sharesKeys ? session?.surrenderPrompt(goesOn: goesOn) : nil
        session = nil
        build(settings, reusing: prompt, continuing: text)
    }

    private func build(_ settings: Settings, reusing prompt: SessionPrompt?, continuing text: ModelWorkload? = nil) {
        builder?.cancel()
        // Steps asked for during a script are steps of the script, whatever it has to make meanwhile.
        if script == nil { stepsAsked = 0 }
        snapshot.statistics = nil
        builder = SessionBuilder(settings: settings, reusing: prompt, continuing: text, threads: threads) { [mailbox] in
            mailbox.wake()
        }
        isDirty = true
    }

    private func takeBuilt() {
        guard let builder else { return }
        snapshot.phase = .preparing(builder.preparation)
        guard let outcome = builder.outcome else { return }
        self.builder = nil
        isDirty = true
        switch outcome {
        case .ready(let session):
            guard !session.adopt(snapshot.settings) else {
                return build(
                    snapshot.settings, reusing: session.text == nil ? session.surrenderPrompt(goesOn: true) : nil,
                    continuing: session.text)
            }
            if beginsAnew { session.restart() }
            beginsAnew = false
            self.session = session
            snapshot.phase = .running
            snapshot.show(session)
            startSchedules()
            if session.step == 0 {
                heatGrouping = HeatGrouping()
                snapshot.heat.removeAll()
            }
            views.forgetKeys()
            metronome.restart()
        case .failed(let sentence): snapshot.phase = .failed(sentence)
        case .cancelled: break
        }
    }

    /// What measuring costs is found out anew.
    private func startSchedules() {
        denseSchedule = ShareSchedule(share: 0.5)
        refereeSchedule = ShareSchedule(share: 0.1)
    }

    private func clearPlots(keepingHistory: Bool = false) {
        snapshot.heat.removeAll()
        snapshot.step = 0
        if !keepingHistory {
            snapshot.history.removeAll()
            pendingMark = nil
        }
        heatGrouping = HeatGrouping()
    }

    // MARK: Steps

    /// One step at a slow pace; at full speed as many as fit before the screen or a command wants its turn.
    private func decodeDueSteps() {
        let until = MonotonicClock.seconds + Self.frame / 4
        repeat {
            guard let session else { return }
            if isSkipping {
                // The way there is not paced.
            } else if stepsAsked > 0 {
                stepsAsked -= 1
            } else if !metronome.isDue {
                return
            } else {
                metronome.advance()
            }
            do {
                try decode(session)
            } catch {
                self.session = nil
                snapshot.phase = .failed("\(error)")
                isDirty = true
                return
            }
        } while MonotonicClock.seconds < until && mailbox.isEmpty && isDecoding
    }

    private func decode(_ session: DecodeSession) throws {
        let definitionEvery = max(
            1, session.store.count * session.store.dimension * (session.layer?.shape.heads ?? 1) / definitionCost)
        let denseEvery =
            script == nil
            ? denseSchedule.every
            : Script.denseEvery(rows: session.promptLength, dimension: session.store.dimension)
        let refereeEvery = script == nil ? denseEvery * refereeSchedule.every : denseEvery
        session.isRepeatable = script != nil
        if let typed = script?.takeTyped() { session.text?.writer.type(typed) }
        let measures = script?.wantsSetsAlone != true
        var outcome = try session.decode(
            .init(
                dense: measures && session.step % denseEvery == 0,
                definition: measures && session.step % definitionEvery == 0,
                referee: measures && session.step % refereeEvery == 0))
        if let mark = pendingMark {
            outcome.record.mark = mark
            pendingMark = nil
        }
        outcome.record.underLoad = outcome.record.underLoad || views.isBusy || builder != nil
        denseSchedule.note(outcome.record.naiveSeconds, period: metronome.period)
        refereeSchedule.note(session.refereeSeconds, period: metronome.period * Double(denseEvery))
        outcome.record.isOnTheWay = isSkipping
        if !isSkipping { metronome.noteStep() }
        snapshot.history.append(outcome.record)
        if let heat = outcome.heat {
            snapshot.note(heat, of: session)
            let rate = script == nil ? metronome.stepsPerSecond : 1 / metronome.period
            let pace = script?.script.shownPace ?? snapshot.pace
            if let row = heatGrouping.add(heat, stepsPerSecond: rate, pace: pace) {
                snapshot.heat.append(row)
            }
        }
        snapshot.step = session.step
        snapshot.n = session.store.count
        noteIndex(session.index.statistics)
        snapshot.denseEvery = denseEvery
        snapshot.definitionEvery = definitionEvery
        snapshot.refereeEvery = refereeEvery
        isDirty = true
        advanceScript(with: outcome.record)
        views.follow(session, reported: outcome.record.reported)
        if !isSkipping { views.look(at: session) }
    }

    private func advanceScript(with record: StepRecord) {
        let wasSkipping = isSkipping
        if let next = script?.note(record, appended: snapshot.history.appended) { adopt(next) }
        if wasSkipping && !isSkipping { metronome.restart() }
    }

    /// What the index is made of now; a new choice of the planner goes into its log.
    private func noteIndex(_ statistics: IndexStatistics) {
        if statistics.kind != snapshot.statistics?.kind || statistics.reason != snapshot.statistics?.reason {
            let line = "step \(snapshot.step): \(statistics.choice)"
            snapshot.plannerLog = snapshot.plannerLog.suffix(Self.logLimit - 1) + [line]
        }
        snapshot.statistics = statistics
    }

    private static let logLimit = 64

    /// Float products that the check against the definition may cost a step on average.
    private let definitionCost = 1 << 16

    /// When the machine is asked again how busy it is.
    private var pressureDue = 0.0

    private func publish() {
        if let text = session?.text {
            snapshot.text = TextFrame(text, wantsLight: views.wants(.text), last: snapshot.text)
        } else {
            snapshot.text = nil
        }
        snapshot.script = script?.position
        snapshot.stepsPerSecond = metronome.stepsPerSecond
        snapshot.busySeconds = ThreadClock.seconds
        if MonotonicClock.seconds >= pressureDue {
            snapshot.pressure = MachinePressure.waiting
            pressureDue = MonotonicClock.seconds + 1
        }
        snapshot.generation += 1
        isDirty = false
        published.publish(snapshot)
    }
}
