import Screen

/// A view's sentence in the lower edge of one of its panels, which has room at every size.
struct MessageLine {
    /// Draws the longest wording that fits what a panel left of its edge, in the first such panel.
    /// - Parameter frames: The panels, drawn before, the main one first.
    func draw(_ wordings: [String], on frames: [Rect], into buffer: inout Buffer, _ context: RenderContext) {
        for words in wordings {
            guard let frame = frames.first(where: { room(on: $0, buffer, context) >= DisplayWidth.of(words) + 3 })
            else { continue }
            buffer.put(
                " \(words) ", x: frame.x + 2, y: frame.bottom - 1, style: context.style(.text, .bold), clip: frame)
            return
        }
    }

    /// Columns of a frame's lower edge, from the left, that are still a line.
    private func room(on frame: Rect, _ buffer: Buffer, _ context: RenderContext) -> Int {
        guard frame.width >= 8, frame.height >= 3 else { return 0 }
        return (frame.x + 2..<frame.right - 2)
            .prefix { buffer[$0, frame.bottom - 1].glyph == context.glyphs.line.horizontal }.count
    }
}
