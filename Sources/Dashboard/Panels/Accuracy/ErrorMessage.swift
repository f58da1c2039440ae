import Screen
import Simulation

/// What the curves say, in one sentence: the true error of keeping n^{4/5} keys, and what the bound promised.
struct ErrorMessage {
    let kept: Int
    /// As shares of the largest value.
    let actual, promised: Double

    /// nil before a curve with n^{4/5} keys was seen.
    init?(_ points: [ErrorCurves.Point], n: Int) {
        let power = AccuracyFrame.power(of: n)
        guard let point = points.first(where: { Int(held: $0.kept) >= power }), point.actual.isFinite else {
            return nil
        }
        (kept, actual, promised) = (Int(held: point.kept), point.actual, point.massBound)
    }

    init?(_ snapshot: Snapshot) {
        guard let frame = snapshot.accuracy else { return nil }
        self.init(ErrorCurves(frame).points, n: frame.n)
    }

    /// The longest wording that fits.
    func fitting(_ width: Int) -> String {
        let figures = "true error \(Format.percent(actual)), promised \(Format.percent(promised))"
        let words = ["n^0.8 = \(Format.grouped(kept)) keys kept: \(figures)", "n^0.8 keys: \(figures)", figures]
        return words.first { $0.count <= width } ?? figures
    }
}

extension ErrorPanel {
    var figures: [Figure] {
        [
            Figure("actual", label: "true error", value: { ErrorMessage($0)?.actual }, text: { Format.percent($0) }),
            Figure("promised", label: "promised", value: { ErrorMessage($0)?.promised }, text: { Format.percent($0) }),
        ]
    }
}
