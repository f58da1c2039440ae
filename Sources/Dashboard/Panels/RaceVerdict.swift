/// What the large figure may say of a race: nothing is won over an empty answer, nor by code that races against itself.
enum RaceVerdict: Equatable {
    /// naive's time over HSR's.
    case measured(Double)
    /// Both sides run the same code: the ratio is noise.
    case even
    /// No key is activated, and the output is 0 by definition.
    case empty
    case oneKey

    init(_ speedUp: SpeedUp) {
        self =
            speedUp.isDense
            ? .even : speedUp.reported == 0 ? .empty : speedUp.reported == 1 ? .oneKey : .measured(speedUp.ratio)
    }

    /// What the figure says, in words.
    var sentence: String {
        switch self {
        case .measured(let ratio): ratio < 1 ? "naive is faster by" : "HSR is faster by"
        case .even: "even: computed densely"
        case .empty: "empty set: output 0"
        case .oneKey: "one key reported"
        }
    }

    /// The figure: a ratio that is never below 1, or the keys that there are to win over.
    var figure: String {
        switch self {
        case .measured(let ratio): Text.ratio(ratio < 1 ? 1 / ratio : ratio) + "×"
        case .even: "1×"
        case .empty: "0"
        case .oneKey: "1"
        }
    }

    /// The winner's colour; none where nobody won.
    var series: Theme.Series? {
        guard case .measured(let ratio) = self else { return nil }
        return ratio >= 1 ? .hsr : .naive
    }
}
