import Attention
import Screen
import Simulation

/// All that the screen depends on: a value, changed only by ``update(_:_:)``.
public struct DashboardState: Sendable {
    /// What is asked for; the snapshot says what is in force.
    public var settings: Settings
    /// What to remember while a choice that hides it is in force.
    public var remembered = Remembered()
    public var pace: Pace
    public var isPaused = false

    /// The engine's newest, and the one that a frozen view keeps showing.
    public var live = Snapshot()
    public var frozen: Snapshot?

    public var view = ViewKind.race
    /// The focused panel of the view, by its number; `isExpanded` gives it the whole screen.
    public var focus = 0
    public var isExpanded = false
    /// The parameter that the arrows change.
    public var selected = Parameter.dimension
    public var overlay: Overlay?
    public var showsHUD = false
    /// The step that is told slowly; nil while none is.
    public var slowMotion: SlowMotionState?
    /// The prefill that is told slowly; nil while none is.
    public var prefillTold: PrefillTelling?
    /// The talk that plays; nil where nobody tells anything.
    public var demo: DemoPlayer?
    public var usesMouse = true
    /// The plane of the Geometry view while it is dragged.
    var grip: PlaneGrip?
    public var heatmap = HeatmapState()
    public var text = TextState()
    public var heads = HeadsState()

    public var themes: [Theme]
    public var themeIndex: Int

    public var toasts: [Toast] = []
    /// When a picture was saved last, in seconds since the dashboard opened.
    var lastSave = -Double.infinity
    /// When figures were copied last.
    var lastCopy = -Double.infinity
    /// Seconds since the dashboard opened.
    public var now = 0.0
    public var width = 80
    public var height = 24
    /// What keys stand for, where the person's settings say another thing than the table.
    public var keys: [Key: Key] = [:]
    /// Seconds between pictures at least.
    public var frameInterval = 1.0 / 30
    /// What the terminal can show.
    public var depth = ColourDepth.trueColour
    public var glyphs = GlyphLevel.braille
    /// What drawing cost, for the HUD.
    public var cost = FrameCost()

    /// Where the search for an index that can serve began; nil while none is under way.
    var indexSearch: IndexSearch?

    /// - Parameters:
    ///   - settings: What the engine is asked for.
    ///   - pace: How fast it decodes.
    ///   - themes: Without any, the terminal's own colours.
    ///   - themeIndex: The theme that is shown; the first where it points at none.
    public init(settings: Settings = Settings(), pace: Pace = .initial, themes: [Theme], themeIndex: Int = 0) {
        self.settings = settings
        self.pace = pace
        self.themes = themes.isEmpty ? [.plain] : themes
        self.themeIndex = themes.indices.contains(themeIndex) ? themeIndex : 0
    }

    public var isFrozen: Bool { frozen != nil }
    /// Whether keys are letters of a line or of a search.
    public var isTyping: Bool {
        if case .help(let page) = overlay { return page.isTyping }
        return text.line != nil
    }
    /// The snapshot on the screen.
    public var shown: Snapshot { frozen ?? live }
    /// The theme on the screen: the one that is tried while the list of themes is open, else the one that is kept.
    public var theme: Theme {
        if case .themes(let selected) = overlay, themes.indices.contains(selected) { return themes[selected] }
        return keptTheme
    }
    /// The theme that stays when the list of themes is closed.
    var keptTheme: Theme { themes.indices.contains(themeIndex) ? themes[themeIndex] : .plain }

    /// What the loop measured of its own drawing.
    public struct FrameCost: Sendable, Equatable {
        public var framesPerSecond = 0.0
        /// Seconds to render a frame, and to hand it to the terminal.
        public var render = 0.0
        public var flush = 0.0
        /// Bytes that it sent there; nil while nobody asks, or where the system does not count them.
        public var bytes: Int?

        public init() {}
    }

    public enum Overlay: Sendable, Equatable {
        /// The words of the view and the keys.
        case help(HelpPage)
        /// The chapters of a demo; Enter goes to the selected one.
        case chapters(selected: Int)
        /// The themes; the whole screen shows the selected one, Enter keeps it.
        case themes(selected: Int)

        var isThemes: Bool { if case .themes = self { true } else { false } }
    }
}
