import Screen
import Simulation
import Testing

@testable import Dashboard

/// Every view, every key and the mouse on screens of every size, far below what the dashboard needs as well.
@Suite struct EverySizeTests {
    private static let widths = [1, 2, 3, 5, 8, 13, 21, 34, 55, 60, 79, 80, 81, 120, 300]
    private static let heights = [1, 2, 3, 5, 8, 13, 23, 24, 25, 40, 60, 100]
    private static let snapshots = [
        Snapshot(), Fixture.snapshot(steps: 3, n: 64), Fixture.snapshot(steps: 40, n: 4096),
    ]

    @Test(arguments: ViewKind.allCases) func everyKey(view: ViewKind) {
        for snapshot in Self.snapshots {
            for width in Self.widths {
                for height in Self.heights { press(view, snapshot, width, height) }
            }
        }
    }

    private func press(_ view: ViewKind, _ snapshot: Snapshot, _ width: Int, _ height: Int) {
        var state = Fixture.state(width, height, snapshot)
        _ = update(&state, .show(view))
        for binding in BindingTable.standard.bindings {
            guard binding.action.refusal(in: state) == nil else { continue }
            if case .show = binding.action { continue }
            for _ in 0..<2 { _ = update(&state, binding.action) }
        }
        for event in Self.mouse(width, height) { _ = update(&state, .pointed(event)) }
        let picture = Renderer().render(state)
        #expect(picture.width == width && picture.height == height)
        // And a window that changes its size under all of that.
        _ = update(&state, .resized(width: height, height: width))
        for steps in [1, -1, 1, 1, 1] { _ = update(&state, .zoom(by: steps)) }
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] { _ = update(&state, .move(dx: dx, dy: dy)) }
        #expect(Renderer().render(state).width == height)
    }

    private static func mouse(_ width: Int, _ height: Int) -> [MouseEvent] {
        [(0, 0), (width - 1, height - 1), (9_999, 9_999), (-1, -1)].flatMap { x, y in
            [MouseEvent.Kind.press, .drag, .release, .wheelUp, .wheelDown].map { MouseEvent(kind: $0, x: x, y: y) }
        }
    }

    @Test func nothingToShowAndNoTheme() {
        var state = DashboardState(themes: [])
        (state.width, state.height) = (80, 24)
        for view in ViewKind.allCases {
            _ = update(&state, .show(view))
            _ = update(&state, .theme(by: 1))
            _ = update(&state, .theme(by: -1))
            #expect(Renderer().render(state).width == 80)
        }
    }
}
