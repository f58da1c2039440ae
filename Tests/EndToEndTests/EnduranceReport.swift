import Foundation
import PseudoTerminal
import Testing

/// What a long run of random keys does to the program: memory, the cost of a frame and lost keys, weighed now and then at
/// the same place (the defaults, the Race view, full speed, the keys that the run began with), so that they compare.
struct EnduranceReport {
    private struct Weight {
        var seconds, megabytes, frame: Double
    }

    private let screen: TmuxScreen
    private let process: pid_t?
    /// The number of keys at the start, and the presses that lead there from the defaults.
    private let keys: Int
    private let presses: [String]
    private var weights: [Weight] = []
    private var pressed = 0
    private var lastRest = -Double.infinity

    /// Seconds between rests.
    private static let interval = 20.0
    private static let defaultKeys = 65536

    init(_ screen: TmuxScreen, options: [String]) {
        self.screen = screen
        process = screen.process
        keys = options.firstIndex(of: "--n").flatMap { Int(options[$0 + 1]) } ?? Self.defaultKeys
        let doublings = log2(Double(keys) / Double(Self.defaultKeys)).rounded()
        presses = Array(repeating: doublings < 0 ? "n" : "N", count: Int(abs(doublings)))
    }

    /// Goes to the place, weighs, and counts keys.
    mutating func rest(
        at seconds: Double, using random: inout some RandomNumberGenerator, _ history: Comment
    ) throws {
        guard seconds >= lastRest + Self.interval else { return }
        lastRest = seconds
        try screen.settle(history)
        if screen.isFrozen { screen.press("f") }
        if screen.lines.first?.contains("PAUSED") == true { screen.press("Space") }
        screen.press(["0"] + presses + ["1"] + Array(repeating: ">", count: 12))
        if !screen.text.contains("flush") { screen.press("u") }
        // The sizes and the counts of the picture, and no message over it.
        try #require(
            screen.wait(seconds: 120) {
                guard let header = $0.split(separator: "\n").first.map({ String($0) }) else { return false }
                let n = number(behind: "  n ", in: header) ?? 0
                return header.contains("massive") && header.contains("  d 4 ") && (keys...keys + keys / 4).contains(n)
                    && (number(behind: "step ", in: header) ?? 0) > 100 && $0.contains("flush")
            }, "\(screen.text)\n\(history)")
        Thread.sleep(forTimeInterval: 4)
        var frames: [Double] = []
        for _ in 0..<25 {
            if let cost = frameCost() { frames.append(cost) }
            Thread.sleep(forTimeInterval: 0.08)
        }
        let memory = try #require(process.flatMap { residentMegabytes($0) })
        let cost = try #require(frames.sorted().dropFirst(frames.count / 2).first, history)
        weights.append(Weight(seconds: seconds, megabytes: memory, frame: cost))
        try countKeys(using: &random, history)
    }

    /// Turns the threshold's offset down and up in random bursts; each press must have moved it by a tenth.
    private mutating func countKeys(using random: inout some RandomNumberGenerator, _ history: Comment) throws {
        var tenths = 0
        for _ in 0..<Int.random(in: 3...9, using: &random) {
            let (isUp, count) = (Bool.random(using: &random), Int.random(in: 1...5, using: &random))
            screen.press(Array(repeating: isUp ? "B" : "b", count: count))
            tenths += isUp ? count : -count
            pressed += count
        }
        // Never at nothing, which the screen would show as well if no key had arrived.
        if tenths == 0 {
            screen.press("B")
            (tenths, pressed) = (1, pressed + 1)
        }
        let shown = (tenths < 0 ? "-" : "+") + "\(abs(tenths) / 10).\(abs(tenths) % 10)σ"
        #expect(screen.waitUntilRead(), history)
        Thread.sleep(forTimeInterval: 0.5)
        #expect(screen.wait(for: shown), "\(shown): \(screen.text)\n\(history)")
    }

    /// Render and flush as the HUD shows them, in milliseconds.
    private func frameCost() -> Double? {
        let text = screen.text
        guard let render = milliseconds(behind: "render", in: text), let flush = milliseconds(behind: "flush", in: text)
        else { return nil }
        return render + flush
    }

    private func milliseconds(behind name: String, in text: String) -> Double? {
        guard let line = text.split(separator: "\n").first(where: { $0.contains(name) }),
            let at = line.range(of: name)
        else { return nil }
        let words = line[at.upperBound...].split(separator: " ")
        guard words.count >= 2, let value = Double(words[0]) else { return nil }
        return words[1].hasPrefix("µs") ? value / 1000 : words[1].hasPrefix("ms") ? value : nil
    }

    /// "n 262 144": groups of digits with one space between them.
    private func number(behind name: String, in line: String) -> Int? {
        guard let at = line.range(of: name) else { return nil }
        var digits = ""
        var last: Character = "0"
        for character in line[at.upperBound...] {
            if character.isNumber {
                digits.append(character)
            } else if last == " " || character != " " {
                break
            }
            last = character
        }
        return Int(digits)
    }

    private func residentMegabytes(_ process: pid_t) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: { $0 == "\t" || $0 == " " }).dropFirst().first.flatMap({
                Double($0)
            })
        else { return nil }
        return kilobytes / 1024
    }

    /// A slope by least squares, in units a minute.
    private func slope(_ points: ArraySlice<Weight>, _ value: (Weight) -> Double) -> Double {
        let count = Double(points.count)
        let (x, y) = (points.map(\.seconds).reduce(0, +) / count, points.map(value).reduce(0, +) / count)
        let spread = points.map { ($0.seconds - x) * ($0.seconds - x) }.reduce(0, +)
        return points.map { ($0.seconds - x) * (value($0) - y) }.reduce(0, +) / spread * 60
    }

    /// The first fifth of the rests is the warm-up.
    func print() {
        let warm = weights.dropFirst(weights.count / 5)
        guard warm.count > 2 else { return }
        for weight in weights {
            Swift.print(
                "endurance: \(Int(weight.seconds)) s, \(Int(weight.megabytes)) MB, frame \(rounded(weight.frame)) ms")
        }
        let (memory, frame) = (slope(warm, \.megabytes), slope(warm, \.frame))
        let (mean, cost) = (
            warm.map(\.megabytes).reduce(0, +) / Double(warm.count), warm.map(\.frame).reduce(0, +) / Double(warm.count)
        )
        Swift.print(
            "endurance: memory \(rounded(memory)) MB a minute over \(rounded(mean)) MB, frame \(rounded(frame)) ms a "
                + "minute over \(rounded(cost)) ms, \(pressed) counted keys, \(weights.count) rests")
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
