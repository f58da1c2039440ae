/// A rectangle of cells: column x and row y of its upper left corner, width and height.
public struct Rect: Sendable, Equatable {
    public var x, y, width, height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    public var isEmpty: Bool { width == 0 || height == 0 }
    /// The first column right of it.
    public var right: Int { x + width }
    /// The first row below it.
    public var bottom: Int { y + height }

    public func contains(x column: Int, y row: Int) -> Bool {
        column >= x && column < right && row >= y && row < bottom
    }

    /// What both cover; empty where they do not meet.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
    }

    /// The same on every side.
    public func inset(by margin: Int) -> Rect {
        inset(left: margin, top: margin, right: margin, bottom: margin)
    }

    public func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
        Rect(x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
    }

    /// A rectangle of at most the given size in the middle of this one.
    public func centred(width wanted: Int, height tall: Int) -> Rect {
        let (w, h) = (min(wanted, width), min(tall, height))
        return Rect(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
    }

    /// The row with the given number, counted from the top; empty outside.
    public func row(_ index: Int) -> Rect {
        intersection(Rect(x: x, y: y + index, width: width, height: 1))
    }
}
