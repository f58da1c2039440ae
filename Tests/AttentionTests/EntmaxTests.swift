import Foundation
import Testing

@testable import Attention

@Suite struct EntmaxTests {
    @Test(arguments: [1.05, 1.25, 1.5, 1.75, 2, 3, 7])
    func sumsToOneAndMatchesBisection(a: Double) {
        var dice = Dice(20)
        for n in [1, 2, 3, 10, 300] {
            for scale in [0.0, 1e-9, 0.1, 1, 20, 1e6] {
                for shift in [0.0, -50, 1000] {
                    let s = dice.normals(n).map { Double($0) * scale + shift }
                    let p = Entmax.weights(s, alpha: a)
                    #expect(abs(p.reduce(0, +) - 1) < 1e-12)
                    let reference = Reference.weights(s, .entmax(alpha: a), b: 0)
                    // The reference carries the rounding of scores of the size of the shift.
                    let slack = a > 2 ? 1e-4 : 1e-9
                    #expect(zip(p, reference).allSatisfy { abs($0 - $1) < slack * (1 + abs(shift) + scale) })
                    let least = (s.max() ?? 0) - Entmax.reach(a)
                    #expect(zip(s, p).allSatisfy { $1 == 0 || $0 >= least })
                }
            }
        }
    }

    @Test func tiesShare() {
        #expect(Entmax.weights([3, 3, 3, 3], alpha: 1.5) == [0.25, 0.25, 0.25, 0.25])
        #expect(Entmax.weights([5, 1], alpha: 2) == [1, 0])
        #expect(Entmax.weights([], alpha: 2).isEmpty)
    }
}
