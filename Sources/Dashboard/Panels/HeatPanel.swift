import Screen
import Simulation

/// The activated entries of the Race view, all keys across.
struct HeatPanel: Panel {
    let title = "activated entries"

    func note(_ context: RenderContext) -> String {
        if let last = context.snapshot.heat.last, last.steps > 1 { return "a row: maximum over \(last.steps) steps" }
        return "key position →"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let margin = rect.width >= 60 ? 7 : 0
        let hasAxis = rect.height >= 8
        let place = rect.inset(left: margin, bottom: hasAxis ? 1 : 0)
        guard !place.isEmpty else { return }
        var options = HeatPicture.Options()
        options.scale = context.state.heatmap.scale
        options.scrolls = context.state.heatmap.scrolls
        let picture = HeatPicture(
            context.snapshot, axis: .whole(of: context.snapshot, columns: place.width), rows: place.height,
            palette: context.palette(.heat, levels: HeatPicture.levels), options: options, cache: context.cache)
        picture.canvas.draw(into: &buffer, x: place.x, y: place.y, palette: picture.palette)
        picture.drawSteps(
            in: Rect(x: rect.x, y: rect.y, width: margin, height: place.height), into: &buffer, context)
        guard hasAxis else { return }
        picture.drawPositions(below: place, into: &buffer, context)
        picture.drawLegend(
            in: Rect(x: rect.x, y: rect.bottom, width: rect.width, height: 1), into: &buffer, context)
    }
}
