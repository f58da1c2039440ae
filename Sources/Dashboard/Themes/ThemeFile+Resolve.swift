import Screen

extension ThemeFile {
    /// The whole theme: its own colours over those of the theme that it extends, all of them present and readable.
    /// - Throws: ``ThemeError`` for what is missing or cannot be read.
    func resolved(over base: Theme?) throws(ThemeError) -> Theme {
        var theme = Theme(
            name: name, kind: kind ?? base?.kind ?? .dark,
            roles: (base?.roles ?? [:]).merging(roles) { $1 }, series: (base?.series ?? [:]).merging(series) { $1 },
            ramps: (base?.ramps ?? [:]).merging(ramps) { $1 })
        if kind == nil, base == nil {
            throw error("name", "kind is missing: write kind = \"dark\", \"light\" or \"mono\".")
        }
        for role in Theme.Role.allCases where theme.roles[role] == nil { throw missing(role.rawValue, in: "roles") }
        for series in Theme.Series.allCases where theme.series[series] == nil {
            throw missing(series.rawValue, in: "series")
        }
        for ramp in Theme.RampName.allCases where theme.ramps[ramp] == nil { throw missing(ramp.rawValue, in: "ramps") }
        try checkContrast(theme, section: "")
        for ramp in Theme.RampName.allCases { try checkRise(theme[ramp], "ramps.\(ramp.rawValue)") }
        // A theme that sets its own colours does not inherit another's choices for them.
        for (depth, own, section) in [(ColourDepth.palette256, palette256, "256"), (.eight, palette8, "8")] {
            var override = base?.overrides[depth] ?? .init()
            for role in roles.keys { override.roles[role] = nil }
            for name in series.keys { override.series[name] = nil }
            for ramp in ramps.keys { override.ramps[ramp] = nil }
            override.roles.merge(own.roles) { $1 }
            override.series.merge(own.series) { $1 }
            override.ramps.merge(own.ramps) { $1 }
            guard override != .init() else { continue }
            theme.overrides[depth] = override
            // Eight colours are whatever the terminal makes of them: only the palette of 256 can be checked.
            guard depth == .palette256 else { continue }
            try checkContrast(theme.adapted(to: depth), section: section)
            for (ramp, levels) in own.ramps { try checkRise(levels, "ramps256.\(ramp.rawValue)") }
        }
        return theme
    }

    private func missing(_ name: String, in section: String) -> ThemeError {
        error(section, "[\(section)] lacks \(name): add it, or extend a theme that has it.")
    }

    /// Words must be readable (4.5:1, WCAG 2 AA); what is only drawn needs 3:1; a border may be faint.
    private func checkContrast(_ theme: Theme, section: String) throws(ThemeError) {
        let words: [Theme.Role] = [.text, .muted, .accent, .good, .warn, .error, .badge]
        for role in words { try check(theme[role], "roles\(section).\(role.rawValue)", theme, least: 4.5) }
        try check(theme[.focus], "roles\(section).focus", theme, least: 3)
        for series in [Theme.Series.hsr, .naive, .reported, .bound] {
            try check(theme[series], "series\(section).\(series.rawValue)", theme, least: 4.5)
        }
        for series in [Theme.Series.tested, .whole] {
            try check(theme[series], "series\(section).\(series.rawValue)", theme, least: 3)
        }
    }

    private func check(_ colour: Colour, _ key: String, _ theme: Theme, least: Double) throws(ThemeError) {
        guard let contrast = colour.contrast(with: theme[.background]), contrast < least else { return }
        throw error(
            key,
            "\(key) \(colour.hex) has a contrast of \(Format.fixed(contrast, 2)):1 on the background "
                + "\(theme[.background].hex); it needs \(Text.short(least)):1.")
    }

    /// Most must look most, in print and to every eye: lightness rises from stop to stop.
    private func checkRise(_ stops: [Colour], _ key: String) throws(ThemeError) {
        let lightness = stops.map { Oklab($0)?.lightness ?? 0 }
        for (i, pair) in zip(lightness, lightness.dropFirst()).enumerated() where pair.1 < pair.0 + 0.005 {
            throw error(
                key,
                "\(key) does not rise in lightness from \(stops[i].hex) to \(stops[i + 1].hex); order the stops from dark to light."
            )
        }
    }
}
