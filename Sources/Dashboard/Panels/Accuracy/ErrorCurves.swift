import Attention
import Foundation
import Measurement
import Simulation

/// The four curves of softmax's error against the keys kept, as medians over the last queries, in units of ‖V‖_∞.
struct ErrorCurves {
    struct Point {
        var kept: Double
        var actual: Double
        /// Tenth and ninetieth percentile of the actual error.
        var low, high: Double
        var massBound: Double
        var certificate: Double
        /// nil where the paper's parameters do not exist.
        var paper: Double?
    }

    let points: [Point]

    init(_ frame: AccuracyFrame) {
        // Ties make counts differ a little between queries: points belong together by their place in the list.
        let most = frame.newest.points.count
        points = (0..<most).compactMap { i in
            let here = frame.recent.compactMap {
                $0.points.count == most ? ($0.points[i], max($0.valueNorm, 1e-300)) : nil
            }
            guard !here.isEmpty else { return nil }
            func median(_ value: (AccuracyCurve.Point) -> Double?) -> Double? {
                Samples(here.compactMap { point, norm in value(point).map { $0 / norm } }).middle
            }
            let actual = Samples(here.map { $0.0.maxError / $0.1 })
            let kept = Samples(here.map { Double($0.0.kept) }).median
            return Point(
                kept: kept, actual: actual.median, low: actual.quantile(0.1), high: actual.quantile(0.9),
                massBound: median(\.massBound) ?? 0,
                certificate: median(\.certificate) ?? 0, paper: median(\.paperBound))
        }
    }
}
