import Measurement

/// When the next step is due, and how many there were in the last second.
struct Metronome {
    private let pace: Pace
    private(set) var nextStep = MonotonicClock.seconds
    private var windowStart = MonotonicClock.seconds
    private var windowSteps = 0
    private(set) var stepsPerSecond = 0.0

    init(pace: Pace) { self.pace = pace }

    /// Seconds between steps; at full speed what is a step's share of a stream that flows.
    var period: Double {
        switch pace {
        case .stepsPerSecond(let rate): 1 / rate
        case .full: 1.0 / 400
        }
    }

    var isDue: Bool { MonotonicClock.seconds >= nextStep }

    /// Sets the time of the step after this one; time lost is not made up for beyond a quarter of a second.
    mutating func advance() {
        switch pace {
        case .full: nextStep = -.infinity
        case .stepsPerSecond(let rate): nextStep = max(nextStep + 1 / rate, MonotonicClock.seconds - 0.25)
        }
    }

    /// After a pause or a rebuild: the next step is due at once.
    mutating func restart() {
        nextStep = MonotonicClock.seconds
        windowStart = nextStep
        windowSteps = 0
    }

    mutating func noteStep() {
        windowSteps += 1
        let elapsed = MonotonicClock.seconds - windowStart
        guard elapsed >= 0.5 else { return }
        stepsPerSecond = Double(windowSteps) / elapsed
        windowStart += elapsed
        windowSteps = 0
    }
}
