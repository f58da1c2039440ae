/// What a person did at the terminal, or what the terminal did: the only way in for a dashboard.
public enum InputEvent: Sendable, Equatable {
    case key(Key)
    case mouse(MouseEvent)
    /// The screen has a new size, in cells.
    case resized(width: Int, height: Int)
    /// Back in the foreground after a suspension: everything must be drawn anew.
    case resumed
    /// The terminal is gone, or a signal asks the program to end.
    case closed
}

/// One key press.
public enum Key: Sendable, Hashable {
    case character(Character)
    /// A letter, lower case, pressed with control.
    case control(Character)
    case function(Int)
    case up, down, left, right, pageUp, pageDown, home, end
    case tab, backTab, enter, escape, backspace, delete, insert
}

/// A press, a move while pressed, a release or a turn of the wheel, at a cell.
public struct MouseEvent: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case press, drag, release, wheelUp, wheelDown
    }

    public var kind: Kind
    /// Column and row of the cell, 0 at the upper left.
    public var x, y: Int

    public init(kind: Kind, x: Int, y: Int) {
        self.kind = kind
        self.x = x
        self.y = y
    }
}
