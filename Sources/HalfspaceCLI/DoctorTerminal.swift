import Dashboard
import Foundation
import Screen
import Terminal

/// What the terminal can, and what to change about it.
enum TerminalCheckup {
    struct Findings {
        var list: [Finding]
        var isUTF8: Bool
    }

    /// Findings in the order of a page, and whether the dashboard would open at all.
    static func findings(_ options: Terminal.Options) -> (Findings, canRun: Bool) {
        do {
            let report = try TerminalReport(options)
            let list = [
                kind(report), size(report), colours(report), glyphs(report), ground(report), updates(report),
                mouse(report),
            ]
            return (Findings(list: list, isUTF8: report.isUTF8), true)
        } catch {
            let finding = Finding(topic: "terminal", text: Message.sentence(of: error), verdict: .bad)
            return (Findings(list: [finding], isUTF8: false), false)
        }
    }

    static func kind(_ report: TerminalReport) -> Finding {
        let inside = report.multiplexer.map { " inside \($0)" } ?? ""
        return Finding(topic: "terminal", text: "\(report.type)\(inside)")
    }

    static func size(_ report: TerminalReport) -> Finding {
        let least = Renderer.least
        guard let size = report.size else {
            return Finding(
                topic: "size", text: "not known", verdict: .remark, advice: "set it with `stty cols 120 rows 40`")
        }
        let text = "\(size.width) by \(size.height) cells"
        if size.width < least.width || size.height < least.height {
            return Finding(
                topic: "size", text: text, verdict: .remark,
                advice: "enlarge the window or use a smaller font: \(least.width) by \(least.height) is the least")
        }
        if size.width < 100 || size.height < 30 {
            return Finding(
                topic: "size", text: text, verdict: .remark, advice: "everything fits; from 120 by 40 on it shows more")
        }
        return Finding(topic: "size", text: text)
    }

    static func colours(_ report: TerminalReport) -> Finding {
        switch report.profile.depth {
        case .trueColour: return Finding(topic: "colours", text: "24-bit")
        case .palette256:
            return Finding(
                topic: "colours", text: "256", verdict: .remark,
                advice: "if the first swatch below is smooth, set COLORTERM=truecolor")
        case .eight:
            return Finding(
                topic: "colours", text: "8", verdict: .remark,
                advice: "if the second swatch below is smooth, set TERM=xterm-256color")
        case .none:
            let wish = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            return Finding(
                topic: "colours", text: wish ? "none, as NO_COLOR asks" : "none", verdict: .remark,
                advice: wish
                    ? "unset NO_COLOR, or give --colour" : "if a swatch below has colour, give --colour 8 or 256")
        }
    }

    static func glyphs(_ report: TerminalReport) -> Finding {
        guard report.isUTF8 else {
            return Finding(
                topic: "glyphs", text: "ASCII: the locale is not UTF-8", verdict: .remark,
                advice: "set LANG=C.UTF-8, if the terminal shows UTF-8")
        }
        switch report.profile.glyphs {
        case .braille: return Finding(topic: "glyphs", text: "braille, blocks")
        case .block:
            return Finding(topic: "glyphs", text: "blocks", advice: "--glyphs braille, if the braille below is whole")
        case .ascii:
            return Finding(
                topic: "glyphs", text: "ASCII", verdict: .remark,
                advice: "--glyphs block, if the blocks below are whole")
        }
    }

    static func ground(_ report: TerminalReport) -> Finding {
        guard let background = report.background, let lightness = Oklab(background)?.lightness else {
            return Finding(
                topic: "background", text: "the terminal does not tell", verdict: .remark,
                advice: "on a light one give --theme light")
        }
        return Finding(topic: "background", text: "\(lightness > 0.6 ? "light" : "dark") (\(background))")
    }

    static func updates(_ report: TerminalReport) -> Finding {
        report.saysSynchronised
            ? Finding(topic: "updates", text: "synchronised: no frame is seen half drawn")
            : Finding(topic: "updates", text: "not synchronised, or not told: a frame may be seen half drawn")
    }

    static func mouse(_ report: TerminalReport) -> Finding {
        report.hasMouse
            ? Finding(topic: "mouse", text: "can be used")
            : Finding(topic: "mouse", text: "none; the keyboard reaches everything")
    }
}
