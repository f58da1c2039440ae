import Synchronization

extension MachineCosts {
    /// Where the costs come from that the planner reckons with if it is given none.
    private enum Source {
        case known(MachineCosts)
        case awaited(@Sendable () -> MachineCosts)
    }

    private static let source = Mutex(Source.known(.assumed))

    /// The costs that the planner reckons with if it is given none: ``assumed`` until ``use(_:)`` says better.
    public static var current: MachineCosts {
        source.withLock { source in
            switch source {
            case .known(let costs): return costs
            case .awaited(let load):
                let costs = load()
                source = .known(costs)
                return costs
            }
        }
    }

    /// Lets the first plan fetch the costs, on its own thread; others wait for it.
    public static func use(_ load: @escaping @Sendable () -> MachineCosts) {
        source.withLock { $0 = .awaited(load) }
    }
}
