import Simulation

/// Why a panel that looks at single steps has nothing to show yet, and what to do about it.
enum Waiting {
    static func sentence(_ context: RenderContext) -> String {
        let snapshot = context.snapshot
        // While it is made, or cannot be made, a box says so.
        guard snapshot.phase == .running else { return "" }
        if snapshot.promptLength == 0 { return "no keys at the start to look at: press N" }
        if snapshot.isPaused { return "waits for the next step: press ." }
        return "waiting for a look at a step"
    }
}
