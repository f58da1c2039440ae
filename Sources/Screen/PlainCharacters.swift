/// What stands for the signs of mathematics where a screen can show ASCII alone: "10⁴" is "10^4", "≥" is ">=", "σ" is "sd".
enum PlainCharacters {
    /// The text in ASCII, but for letters of other scripts, which have no stand-in.
    static func text(_ text: some StringProtocol) -> String {
        var plain = ""
        var isRaised = false
        for character in text {
            if let digit = raised[character] {
                // A run of raised digits is one power.
                plain += isRaised ? digit : "^" + digit
                isRaised = true
                continue
            }
            isRaised = false
            if let other = others[character] { plain += other } else { plain.append(character) }
        }
        return plain
    }

    private static let raised: [Character: String] = [
        "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "-",
    ]

    private static let others: [Character: String] = [
        "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "σ": "sd", "μ": "mean", "α": "alpha", "µ": "u", "×": "x", "−": "-",
        "–": "-", "‖": "||", "√": "sqrt", "∞": "inf", "→": "->", "←": "<-", "↑": "^", "↓": "v", "·": ".", "•": "*",
        "…": "...", "“": "\"", "”": "\"", "’": "'", "‘": "'", "▸": ">", "✓": "ok", "▏": "|", "\u{00A0}": " ",
        "\u{202F}": " ", "\u{FFFD}": "?", "Σ": "sum", "ε": "eps", "δ": "delta", "β": "beta", "γ": "gamma", "τ": "tau",
        "λ": "lambda", "░": "-", "▒": "+", "▓": "#", "█": "#",
    ]
}
