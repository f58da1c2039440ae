#if INVARIANTS
    /// Ends a debug build where a data structure is not what queries rely on; release builds do not hold the checks.
    func invariant(_ holds: Bool, _ what: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line) {
        precondition(holds, "broken invariant: \(what())", file: file, line: line)
    }
#endif
