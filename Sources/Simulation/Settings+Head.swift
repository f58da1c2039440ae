import Workload

extension Settings {
    /// The chosen head's number, counted through all `layers`; nil where it is none of theirs.
    public func headNumber(in layers: [HeadLayer]) -> Int? {
        guard workload == .trace else { return request.head ?? 0 }
        let number = request.layer ?? layers.first?.number
        guard let row = layers.firstIndex(where: { $0.number == number }),
            (0..<layers[row].heads).contains(request.head ?? 0)
        else { return nil }
        return layers[..<row].reduce(request.head ?? 0) { $0 + $1.heads }
    }

    /// The same settings with another head: that of a number, counted through all `layers`.
    public func choosing(head number: Int, of layers: [HeadLayer]) -> Settings {
        var next = self
        guard workload == .trace, !layers.isEmpty else {
            next.request.head = number
            return next
        }
        var rest = number
        for layer in layers {
            if rest < layer.heads {
                (next.request.layer, next.request.head) = (layer.number, rest)
                break
            }
            rest -= layer.heads
        }
        return next
    }
}
