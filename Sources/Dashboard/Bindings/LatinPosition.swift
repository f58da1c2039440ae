import Screen

/// The Latin letter in the place of a letter of another layout, so that keys work without a change of layout.
enum LatinPosition {
    /// nil of what stands for itself.
    static func letter(at character: Character) -> Character? { letters[character] }

    private static let latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
    /// Of the same keys: the Russian and the Greek layout.
    private static let layouts = [
        "йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
        ";ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,.:΅ΕΡΤΥΘΙΟΠ{}ΑΣΔΦΓΗΞΚΛ¨\"ΖΧΨΩΒΝΜ<>",
    ]

    private static let letters: [Character: Character] = {
        var letters: [Character: Character] = [:]
        for layout in layouts {
            // Signs that both layouts have stand for themselves.
            for (other, own) in zip(layout, latin) where other.isLetter && !other.isASCII { letters[other] = own }
        }
        return letters
    }()
}

extension BindingTable {
    /// What a key asks for: as the person's settings have it, as the table has it, or as the key in its place has it.
    ///
    /// - Parameters:
    ///   - key: What was pressed.
    ///   - keys: Keys that stand for others.
    func action(of key: Key, standingFor keys: [Key: Key]) -> Action? {
        if let meant = keys[key] { return action(of: meant) }
        if let action = action(of: key) { return action }
        guard case .character(let character) = key, let latin = LatinPosition.letter(at: character) else { return nil }
        return action(of: .character(latin))
    }
}
