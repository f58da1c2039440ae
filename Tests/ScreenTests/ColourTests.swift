import Testing

@testable import Screen

@Suite struct ColourTests {
    @Test func hexadecimal() {
        #expect(Colour(hex: "#0a1B2c") == .rgb(10, 27, 44))
        #expect(Colour.rgb(10, 27, 44).hex == "#0a1b2c")
        for bad in ["", "#", "0a1b2c", "#0a1b2", "#0a1b2c3", "#0a1b2g", "#+a1b2c", "#éééé"] {
            #expect(Colour(hex: bad) == nil, "\(bad)")
        }
        #expect(Colour.default.components == nil)
    }

    @Test func contrastOfBlackAndWhite() throws {
        let ratio = try #require(Colour(0).contrast(with: Colour(0xFFFFFF)))
        #expect(abs(ratio - 21) < 1e-9)
        #expect(Colour.default.contrast(with: Colour(0)) == nil)
    }

    @Test func oklabReturnsToEveryColour() throws {
        for value in stride(from: UInt32(0), through: 0xFFFFFF, by: 7919) {
            let colour = Colour(value)
            #expect(try #require(Oklab(colour)).colour == colour)
        }
        let white = try #require(Oklab(Colour(0xFFFFFF)))
        #expect(abs(white.lightness - 1) < 1e-6)
    }

    @Test func paletteColoursMapToThemselves() {
        for index in 16...255 {
            guard let colour = XtermPalette.colour(index), let nearest = XtermPalette.nearest(to: colour) else {
                Issue.record("no colour \(index)")
                continue
            }
            #expect(XtermPalette.colour(nearest) == colour)
        }
        #expect(XtermPalette.colour(15) == nil)
        #expect(XtermPalette.nearest(to: .default) == nil)
    }

    @Test func eightColoursKeepTheirHue() {
        #expect(BasicPalette.nearest(to: Colour(0x0D0D16)) == 0)
        #expect(BasicPalette.nearest(to: Colour(0xE6E6F0)) == 7)
        #expect(BasicPalette.nearest(to: Colour(0x6FDCA8)) == 2)
        #expect(BasicPalette.nearest(to: Colour(0xF09A5A)) == 3)
        #expect(BasicPalette.nearest(to: Colour(0x7AC4FF)) == 4 || BasicPalette.nearest(to: Colour(0x7AC4FF)) == 6)
    }

    @Test func rampsRiseAtEveryDepth() throws {
        let inferno = try #require(
            Ramp([0x0A0618, 0x51127C, 0xB73779, 0xFC8961, 0xFCFDBF].map { Colour(UInt32($0)) }))
        #expect(inferno.isRising)
        for depth in [ColourDepth.trueColour, .palette256] {
            for count in [2, 8, 16, 32] {
                let steps = inferno.quantised(count, depth: depth)
                #expect(steps.count == count)
                let lightness = steps.compactMap { Oklab($0)?.lightness }
                #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
                if depth == .palette256 {
                    #expect(steps.allSatisfy { colour in (16...255).contains { XtermPalette.colour($0) == colour } })
                    #expect(Set(steps).count >= min(count, 10) * 2 / 3)
                }
            }
        }
        let falling = try #require(Ramp([Colour(0xFFFFFF), Colour(0x102060)]))
        #expect(!falling.isRising)
        let light = falling.quantised(16, depth: .palette256).compactMap { Oklab($0)?.lightness }
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 })
    }

    @Test func rampsRefuseWhatTheyCannotMix() {
        #expect(Ramp([Colour(0)]) == nil)
        #expect(Ramp(Array(repeating: Colour(0), count: 6)) == nil)
        #expect(Ramp([Colour(0), .default]) == nil)
        #expect(Ramp.grey.colour(at: .nan) == Colour(0))
        #expect(Ramp.grey.colour(at: 7) == Colour(0xFFFFFF))
    }
}
