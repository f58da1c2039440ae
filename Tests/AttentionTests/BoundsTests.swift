import Foundation
import HalfSpace
import Testing

@testable import Attention

@Suite struct BoundsTests {
    /// Rows of many spreads, sizes and kept counts; among them peaked ones, equal keys and a zero query.
    @Test func everyBoundHolds() throws {
        var dice = Dice(30)
        var rows = 0
        for d in [1, 2, 4, 16] {
            for scale in [Float(0.05), 1, 3, 12] {
                let n = 256
                let store = dice.store(n: n, d: d, dv: 4, scale: scale)
                let norm = ValueNorm(of: store).value
                #expect(norm == store.values.map { Double(abs($0)) }.max())
                for _ in 0..<20 {
                    let q = dice.normals(d)
                    let curve = AccuracyCurve(q, store: store, kept: [1, 2, 5, 16, 50, 84, 200, 255], valueNorm: norm)
                    for point in curve.points {
                        rows += 1
                        let expected = Reference.mix(
                            Reference.weights(Reference.scores(q, store), .softmax, b: point.threshold), store)
                        let actual = zip(expected, Reference.output(q, store, .softmax)).map { abs($0 - $1) }.max() ?? 0
                        #expect(abs(actual - point.maxError) < 1e-12)
                        let formulas = Formulas(q, store, b: point.threshold, valueNorm: norm)
                        #expect(abs(point.mass - formulas.mass) < 1e-12)
                        #expect(abs(point.massBound - 2 * (1 - formulas.mass) * norm) < 1e-11)
                        #expect(abs(point.certificate - formulas.certificate) < 1e-11)
                        #expect(abs(point.predictedMass - formulas.tiltedMass) < 1e-6)
                        #expect(point.maxError <= point.massBound + 1e-13)
                        #expect(point.massBound <= point.certificate + 1e-13)
                        if let paper = point.paperBound { #expect(point.maxError <= paper + 1e-13) }
                    }
                }
            }
        }
        #expect(rows > 2000)
    }

    /// p, the certificate and the tilt law from the scores of a row, each as it is defined.
    private struct Formulas {
        var mass, certificate, tiltedMass: Double

        init(_ q: [Float], _ store: KeyValueStore, b: Double, valueNorm: Double) {
            let s = Reference.scores(q, store)
            let top = s.max() ?? 0
            let kept = s.filter { $0 >= b }
            let keptMass = kept.reduce(0.0) { $0 + exp($1 - top) }
            mass = keptMass / s.reduce(0.0) { $0 + exp($1 - top) }
            let left = Double(s.count - kept.count) * exp(b - top)
            certificate = 2 * valueNorm * left / (keptMass + left)
            let mean = s.reduce(0, +) / Double(s.count)
            let deviation = (s.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(s.count)).squareRoot()
            // The t with as many Gaussian scores above it as were kept, then Q(t − s); by erfc alone.
            var (low, high) = (-40.0, 40.0)
            for _ in 0..<200 {
                let t = (low + high) / 2
                if erfc(t / 2.0.squareRoot()) / 2 > Double(kept.count) / Double(s.count) { low = t } else { high = t }
            }
            tiltedMass = kept.count == s.count ? 1 : erfc((low - deviation) / 2.0.squareRoot()) / 2
        }
    }

    @Test func thePaperBoundIsTheTheorem() throws {
        var dice = Dice(31)
        let store = dice.store(n: 500, d: 8)
        let q = dice.normals(8)
        let r = 145
        let falling = Reference.scores(q, store).sorted(by: >)
        let fitted = try #require(MassiveActivation(fallingScores: falling, kept: r, query: q))
        let norm = q.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(pow(500, fitted.gamma) - 145) < 1e-9)
        let sum = falling[..<r].reduce(0, +) * 8.0.squareRoot()
        #expect(abs(sum / (145 * norm) - fitted.beta1 * log(500)) < 1e-12)
        #expect(abs(falling[r] * 8.0.squareRoot() / norm - fitted.beta2 * log(500)) < 1e-12)
        let exponent = fitted.gamma + (fitted.beta1 - fitted.beta2) * norm / 8.0.squareRoot() - 1
        #expect(abs(fitted.bound(valueNorm: 3) / (12 / pow(500, exponent)) - 1) < 1e-12)
        #expect(MassiveActivation(fallingScores: falling, kept: 500, query: q) == nil)
        #expect(MassiveActivation(fallingScores: falling, kept: 5, query: Array(repeating: 0, count: 8)) == nil)
    }

    @Test func prunedNodesTightenTheCertificate() {
        let plain = SoftmaxBounds.certificate(logKept: 3, leftOut: 100, threshold: 1, valueNorm: 2)
        let loose = SoftmaxBounds.certificate(
            logKept: 3, leftOut: 100, threshold: 1, pruned: [(count: 60, bound: 5), (count: 30, bound: 1)], valueNorm: 2
        )
        #expect(abs(plain - loose) < 1e-14)
        let tight = SoftmaxBounds.certificate(
            logKept: 3, leftOut: 100, threshold: 1, pruned: [(count: 60, bound: -2), (count: 30, bound: 0.5)],
            valueNorm: 2)
        let lost = 60 * exp(-2.0) + 30 * exp(0.5) + 10 * exp(1.0)
        #expect(abs(tight - 4 * lost / (exp(3) + lost)) < 1e-14)
        #expect(tight < plain)
        #expect(SoftmaxBounds.certificate(logKept: 3, leftOut: 0, threshold: 1, valueNorm: 2) == 0)
        #expect(SoftmaxBounds.certificate(logKept: -.infinity, leftOut: 5, threshold: 1, valueNorm: 2) == 4)
    }

    @Test func theIndexTightensTheCertificate() throws {
        var dice = Dice(33)
        let store = dice.store(n: 600, d: 3)
        let norm = ValueNorm(of: store).value
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .fixed(.tree)))
        let report = Report()
        report.isTraced = true
        let output = AttentionOutput(valueDimension: 3)
        for _ in 0..<20 {
            let q = dice.normals(3, scale: 2)
            let found = try sparse.attend(q, activation: .softmax, threshold: .init(value: 1), into: output)
            try sparse.list(found, of: q, into: report)
            #expect(report.prunedBounds.reduce(0) { $0 + $1.count } == 600 - report.count)
            let tight = SoftmaxBounds.certificate(
                logKept: found.logNormaliser, report: report, of: 600, valueNorm: norm)
            let plain = SoftmaxBounds.certificate(
                logKept: found.logNormaliser, leftOut: 600 - report.count, threshold: 1, valueNorm: norm)
            #expect(tight <= plain)
            #expect(Reference.distance(output.values, Reference.output(q, store, .softmax)) <= tight + 1e-6)
        }
    }

    @Test func theTiltLawHoldsForGaussianScores() {
        // With d large the scores of one query over Gaussian keys are Gaussian with deviation ‖q‖/√d.
        var dice = Dice(32)
        let n = 8192
        let store = dice.store(n: n, d: 8, dv: 1)
        for deviation in [0.5, 1.5, 2.5] {
            var q = dice.normals(8)
            let norm = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
            q = q.map { $0 * Float(deviation * 8.0.squareRoot()) / norm }
            let point = AccuracyCurve(q, store: store, kept: [1351], valueNorm: 1).points[0]
            #expect(abs(point.mass - point.predictedMass) < 0.05)
        }
        // 99 % of the mass in n^{4/5} of 32 768 keys needs a spread of about 3.5.
        let s = TiltLaw.deviation(forMass: 0.99, inShare: pow(32_768, -0.2))
        #expect(abs(s - 3.5) < 0.05)
        #expect(abs(TiltLaw.mass(kept: 4096, of: 32_768, deviation: s) - 0.99) < 1e-6)
        #expect(abs(TiltLaw.share(holding: 0.99, deviation: s) - 0.125) < 1e-6)
    }
}

@Suite struct LeafMeanResidualTests {
    /// The residual by its definition, from the cells' members.
    private func reference(_ q: [Float], _ store: KeyValueStore, _ partition: MedianPartition, b: Double) -> [Double] {
        let s = Reference.scores(q, store)
        var cells: [Int: [Int]] = [:]
        for j in 0..<store.count where s[j] < b {
            cells[partition.rows.contains(j) ? partition.cell(of: j) : -1, default: []].append(j)
        }
        var numerator = Array(repeating: 0.0, count: store.valueDimension)
        var denominator = 0.0
        func add(_ w: Double, _ value: [Double]) {
            denominator += w
            for t in numerator.indices { numerator[t] += w * value[t] }
        }
        for j in 0..<store.count where s[j] >= b { add(exp(s[j]), store.value(j).map(Double.init)) }
        for members in cells.values {
            let m = Double(members.count)
            let score = members.reduce(0.0) { $0 + s[$1] } / m
            let mean = numerator.indices.map { t in members.reduce(0.0) { $0 + Double(store.value($1)[t]) } / m }
            add(m * exp(score), mean)
        }
        return numerator.map { $0 / denominator }
    }

    @Test func matchesItsDefinitionAtEveryCut() throws {
        var dice = Dice(40)
        let store = dice.store(n: 333, d: 3, dv: 2, scale: 2)
        let finest = MedianPartition(store: store, rows: 0..<300, leaf: 4)
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
        let output = AttentionOutput(valueDimension: 2)
        for level in 0...finest.depth {
            let cut = finest.cut(atLevel: level)
            #expect(cut.cellCount == 1 << level)
            #expect((0..<cut.cellCount).reduce(0) { $0 + cut.count($1) } == 300)
            sparse.residual = LeafMeanResidual(partition: cut)
            for b in [-100, 0.3, 2, 1e9] {
                let q = dice.normals(3)
                try sparse.attend(q, activation: .softmax, threshold: .init(value: b), into: output)
                #expect(Reference.distance(output.values, reference(q, store, cut, b: b)) < 1e-5)
            }
            #expect((sparse.residual?.bytesRead ?? 0) >= cut.cellCount * 5 * 4)
        }
    }

    @Test func cutsTheError() throws {
        var dice = Dice(41)
        let store = dice.store(n: 1024, d: 4)
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
        let output = AttentionOutput(valueDimension: 4)
        var plain = 0.0
        var corrected = 0.0
        for _ in 0..<20 {
            let q = dice.normals(4)
            let dense = Reference.output(q, store, .softmax)
            for residual in [nil, LeafMeanResidual(partition: MedianPartition(store: store, rows: 0..<1024, leaf: 16))]
            {
                sparse.residual = residual
                try sparse.attend(q, activation: .softmax, threshold: .init(value: 0, keepLargest: 100), into: output)
                let error = Reference.distance(output.values, dense)
                if residual == nil { plain += error } else { corrected += error }
            }
        }
        #expect(corrected < plain / 3)
    }
}
