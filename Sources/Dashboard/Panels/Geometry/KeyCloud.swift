import Foundation
import Measurement
import Screen
import Simulation

/// The keys of a geometry frame gathered into the cells of the screen, each cell with its dots, or into finer rows.
struct KeyCloud {
    struct Place {
        /// Keys by fate.
        var counts = SIMD4<Int32>()
        /// The dots that hold a key, bit `row * across + column` of the cell.
        var dots: UInt8 = 0

        var total: Int { Int(counts.wrappedSum()) }

        /// What the cell is painted as: reported keys are few and must not drown.
        var fate: GeometryFrame.Fate? {
            let weighed = counts &* SIMD4(1, 2, 4, 4)
            guard let most = (0..<4).max(by: { weighed[$0] < weighed[$1] }), weighed[most] > 0 else { return nil }
            return GeometryFrame.Fate(rawValue: most)
        }
    }

    let width, height: Int
    private(set) var places: [Place]
    /// The most keys in a cell.
    private(set) var peak = 1

    /// - Parameter dots: across and down a place.
    /// - Parameter perCell: places to a cell, one above the other.
    init(_ map: GeometryMap, dots: (across: Int, down: Int), perCell: Int = 1) {
        let frame = map.frame
        (width, height) = (map.area.width, map.area.height * perCell)
        places = Array(repeating: Place(), count: max(0, width * height))
        // The dots that a column or row of bins covers: at least one.
        func spans(_ count: Int, _ size: Int, _ edge: (Int) -> Double) -> [Range<Int>] {
            (0..<count).map { i in
                let first = Int(held: edge(i).rounded(.down))
                let last = Int(held: edge(i + 1).rounded(.down))
                let (low, high) = (min(first, last), max(first, last))
                return low >= 0 && low < size ? low..<min(size, max(low + 1, high)) : 0..<0
            }
        }
        let columns = spans(frame.columns, width * dots.across) { map.left(ofColumn: $0) * Double(dots.across) }
        let rows = spans(frame.rows, height * dots.down) {
            map.top(ofRow: $0 - 1) * Double(dots.down * perCell)
        }
        for (fate, counts) in frame.counts.enumerated() {
            counts.withUnsafeBufferPointer { counts in
                for row in 0..<frame.rows where !rows[row].isEmpty {
                    let base = row * frame.columns
                    // Most bins are empty: they are passed over first.
                    for column in 0..<frame.columns where counts[base + column] > 0 && !columns[column].isEmpty {
                        let at = rows[row].lowerBound / dots.down * width + columns[column].lowerBound / dots.across
                        places[at].counts[fate] += Int32(counts[base + column])
                        for y in rows[row] {
                            for x in columns[column] {
                                let bit = UInt8(1) << UInt8(y % dots.down * dots.across + x % dots.across)
                                places[y / dots.down * width + x / dots.across].dots |= bit
                            }
                        }
                    }
                }
            }
        }
        peak = max(1, places.lazy.map(\.total).max() ?? 1)
    }

    /// 0…1, logarithmic: how dense a cell is.
    func density(_ place: Place) -> Double {
        log(1 + Double(place.total)) / log(1 + Double(max(2, peak)))
    }

    /// Empty outside.
    subscript(x: Int, y: Int) -> Place {
        x >= 0 && x < width && y >= 0 && y < height ? places[y * width + x] : Place()
    }
}
