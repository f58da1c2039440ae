import Screen
import Simulation

/// Everything that can happen to the dashboard: what a key asks for, and what the engine, the clock and the terminal say.
public enum Action: Sendable {
    // What a key asks for.
    /// `leave` asks once where a talk would end; `quit` does not.
    case leave, quit, suspend, redraw
    case help, search, palette, close
    case pause, step, freeze
    case pace(by: Int)
    case show(ViewKind)
    case nextPanel, expand
    case theme(by: Int)
    /// Opens the list of themes.
    case themes
    case change(Parameter, by: Int)
    /// Moves the plane that is dragged to a score.
    case moveThreshold(to: Double)
    case defaults
    /// Runs Algorithm 2, or stops it.
    case prefill(PrefillMask)
    /// The arrows: the cursor, or the selected parameter.
    case move(dx: Int, dy: Int)
    /// Runs what is selected in an overlay.
    case confirm
    case hud, mouse
    /// Tells one step slowly, or tells it again.
    case slowMotion
    /// Writes the picture and its data to files.
    case save
    /// Gives the figures of the view to the terminal's clipboard.
    case copy
    case zoom(by: Int)
    case fit
    case ringOrScroll, scale, order
    /// Another figure in the Heads view.
    case figure(by: Int)
    case demo(DemoAction)
    /// Opens a line in the Text view, and a key that is typed into it.
    case openLine
    case typed(Key)

    // What comes from elsewhere.
    case received(Snapshot)
    /// Seconds since the dashboard opened.
    case tick(Double)
    case pointed(MouseEvent)
    case resized(width: Int, height: Int)
    /// Themes were read anew, or why they were not.
    case themesChanged([Theme])
    case measured(DashboardState.FrameCost)
    case notice(String, Toast.Kind)
}

/// What an action asks of the world outside the state.
public enum Effect: Sendable {
    case engine(Command)
    case quit, suspend, redraw
    /// Write the picture and its data.
    case save
    /// Give the figures of the view to the clipboard.
    case copy
    /// Listen to the mouse, or leave it to the terminal.
    case mouse(Bool)
    /// The picture changed by time alone.
    case draw
    /// A line for the log.
    case log(String)
}
