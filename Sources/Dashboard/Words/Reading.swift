// How to read each view, in a few sentences; Geometry's depend on d and the index and stand with its panel.

extension RaceView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Left: a row for each step, a column for a stretch of keys; bright where keys were attended.",
            "Right: the times of both ways, step by step. The large number is naive's time over HSR's.",
            "Below: how many keys were reported and how many had to be tested, beside n^0.8 and n.",
        ] + InWordsPanel.sentences(context)
    }
}

extension HeatmapView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "A row for each step, the newest marked; a column for a stretch of keys; bright where keys were attended.",
            "Above: how much attention each column had. Right: how many keys each step reported.",
            "z puts the columns into the index's order: a half-space is then a few runs.",
        ]
    }
}

extension ScalingView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Across: the number of keys n. Up: the time of a step. Both go by powers, so a power of n is a straight line.",
            "The steeper a line, the worse it grows: naive as n, HSR less. The large number is its slope.",
        ]
    }
}

extension GeometryView {
    func reading(_ context: RenderContext) -> [String] { ReadingPanel.sentences(context) }
}

extension AccuracyView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Left: how wrong softmax becomes when only the r largest keys are kept; the lowest curve is the truth, the others are promises.",
            "Right: how much of the mass n^0.8 keys hold, by how far the scores spread; the block is this query.",
            "Below: whether the set is exactly the definition's, and the largest error that was measured.",
        ]
    }
}

extension IndexView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Left: what the query met on its way: dropped, opened, taken whole; and how few keys were left to score.",
            "Right: the paper's two parts on the same queries: what they cost to build and to ask, and when that has paid.",
        ]
    }
}

extension PrefillView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Down: the queries of the prompt. Across: its keys. It fills as Algorithm 2 answers them; light where keys were reported.",
            "Right: the time of Algorithm 2, its index included, and of dense attention over the same rows.",
        ]
    }
}

extension HeadsView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "A row for each layer, a column for each head; the figure is named in the frame, ( and ) change it.",
            "Arrows move the cursor; right the head under it beside the one that runs; Enter goes there.",
        ]
    }
}

extension TextView {
    func reading(_ context: RenderContext) -> [String] {
        [
            "Left: what the model writes; letters that the newest one attends to are lit by their weight.",
            "Right: whole tokens a second both ways, and whether dense attention writes the same.",
            "Below: the whole context from its beginning; the lit place is where most of the attention lies.",
        ]
    }
}
