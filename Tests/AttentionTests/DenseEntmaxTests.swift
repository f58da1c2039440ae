import HalfSpace
import Testing

@testable import Attention

@Suite struct DenseEntmaxTests {
    @Test(arguments: [1.25, 1.5, 2, 3])
    func matchesTheReference(alpha: Double) {
        var dice = Dice(50)
        for (n, d, dv) in [(0, 2, 2), (1, 2, 2), (37, 1, 1), (500, 3, 17), (300, 20, 70)] {
            let store = dice.store(n: n, d: d, dv: dv)
            let dense = DenseAttention(store: store)
            let output = AttentionOutput(valueDimension: dv)
            for _ in 0..<3 {
                let q = dice.normals(d)
                dense.attend(q, activation: .entmax(alpha: alpha), threshold: 0, into: output)
                #expect(Reference.distance(output.values, Reference.output(q, store, .entmax(alpha: alpha))) < 3e-5)
            }
        }
    }
}
