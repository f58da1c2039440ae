import Testing

@testable import Screen

@Suite struct RectTests {
    @Test func sharesDivideEveryCellOnce() {
        let area = Rect(x: 2, y: 1, width: 101, height: 10)
        let parts = area.columns([.share(1), .share(1), .share(1)])
        #expect(parts.map(\.width).reduce(0, +) == 101)
        #expect(parts.map(\.x) == [2, 2 + parts[0].width, 2 + parts[0].width + parts[1].width])
        #expect((parts.map(\.width).max() ?? 0) - (parts.map(\.width).min() ?? 0) <= 1)
    }

    @Test func fixedPartsComeFirstAndGapsAreLeftFree() {
        let area = Rect(x: 0, y: 0, width: 10, height: 24)
        let rows = area.rows([.fixed(1), .share(2), .share(1), .fixed(2)], gap: 1)
        #expect(rows.map(\.y) == [0, 2, 15, 22])
        #expect(rows.map(\.height) == [1, 12, 6, 2])
    }

    @Test(arguments: 0...12) func tooLittleRoomStaysInside(height: Int) {
        let area = Rect(x: 0, y: 3, width: 5, height: height)
        for part in area.rows([.fixed(4), .share(1), .fixed(4)], gap: 1) {
            #expect(part.height >= 0)
            #expect(part.bottom <= area.bottom && part.y >= area.y)
        }
    }

    @Test func insetIntersectionAndCentre() {
        let area = Rect(x: 0, y: 0, width: 10, height: 4)
        #expect(area.inset(by: 1) == Rect(x: 1, y: 1, width: 8, height: 2))
        #expect(area.inset(by: 3).isEmpty)
        #expect(area.intersection(Rect(x: 8, y: 2, width: 9, height: 9)) == Rect(x: 8, y: 2, width: 2, height: 2))
        #expect(area.intersection(Rect(x: 20, y: 0, width: 1, height: 1)).isEmpty)
        #expect(area.centred(width: 4, height: 20) == Rect(x: 3, y: 0, width: 4, height: 4))
        #expect(area.row(3) == Rect(x: 0, y: 3, width: 10, height: 1))
        #expect(area.row(4).isEmpty)
    }
}
