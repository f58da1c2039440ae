import Screen

extension BindingTable {
    /// The keys of the dashboard: lower case goes down or back, upper case up or on.
    public static let standard = BindingTable(program + run + views + parameters + picture + demo + last)

    private static let program = [
        Binding(
            .character("?"), action: .help, title: "what the words mean; Tab: the keys", short: "help",
            group: .program, footer: true),
        Binding(
            .character("/"), action: .search, title: "search the words and the keys", short: "search",
            group: .program),
        Binding(
            .character(":"), action: .palette, title: "every action by its name; Enter runs it", short: "actions",
            group: .program),
        Binding(.escape, action: .close, title: "close what is open", short: "close", group: .program),
        Binding(
            .enter, action: .confirm,
            title: "run the line of the help; Heads: go there; demo: go back to it",
            short: "run", group: .program),
        Binding(.control("l"), action: .redraw, title: "draw the screen anew", short: "redraw", group: .program),
        Binding(.control("z"), action: .suspend, title: "suspend", short: "suspend", group: .program),
    ]

    private static let run = [
        Binding(
            .character(" "), action: .pause, title: "pause: the engine stands still", short: "pause", group: .run,
            footer: true),
        Binding(
            .character("."), action: .step, title: "one step, then pause; demo: dark",
            short: "step", group: .run),
        Binding(
            .character("f"), action: .freeze, title: "freeze: the view stands still, the engine goes on",
            short: "freeze", group: .run, footer: true),
        Binding(.character("<"), action: .pace(by: -1), title: "slower", short: "pace", group: .run),
        Binding(.character(">"), action: .pace(by: 1), title: "faster, up to full speed", short: "pace", group: .run),
    ]

    private static let views =
        ViewKind.allCases.map { view in
            Binding(
                .character(view.key), action: .show(view), title: "\(view.title): \(view.explanation)",
                short: view.key.isNumber ? "views" : view.title, group: .views, footer: view.key.isNumber)
        } + [
            Binding(
                .character("p"), action: .prefill(.full), title: "run a prefill (Algorithm 2), or stop it",
                short: "prefill",
                group: .views),
            Binding(
                .character("P"), action: .prefill(.causal), title: "run a causal prefill, or stop it", short: "prefill",
                group: .views),
            Binding(
                .character("\""), action: .openLine, title: "type into the text of a language model", short: "type",
                group: .views),
            Binding(
                .character(","), action: .slowMotion, title: "one step in slow motion, and again", short: "slow",
                group: .views),
            Binding(.tab, action: .nextPanel, title: "focus the next panel", short: "panel", group: .views),
            Binding(
                .character("e"), action: .expand, title: "give the focused panel the whole screen, and back",
                short: "expand", group: .views, footer: true),
        ]

    private static let parameters =
        pair("d", .dimension, "head dimension d") + pair("a", .alpha, "α of the activation")
        + pair(
            "b", .offset, "threshold offset, by 0.1 standard deviations",
            below: "; demo: dark")
        + pair("n", .length, "context length n, by powers of two") + pair("r", .budget, "budget r of the count rule")
        + [
            next("x", .activation, "next activation: ReLU, softmax, entmax"),
            next("c", .rule, "next threshold rule"),
            next("w", .workload, "next workload"),
            next("i", .index, "next index; those that cannot serve are skipped"),
            next("o", .head, "next head of a trace or model; in the Text view the next light"),
            Binding(
                .character("O"), action: .change(.head, by: -1), title: "the head or light before",
                short: Parameter.head.title, group: .parameters),
            Binding(
                .character("0"), action: .defaults, title: "all parameters back to their defaults", short: "defaults",
                group: .parameters),
            Binding(
                .left, .character("h"), action: .move(dx: -1, dy: 0), title: "the parameter before, or the cursor left",
                short: "move", group: .parameters),
            Binding(
                .right, .character("l"), action: .move(dx: 1, dy: 0), title: "the next parameter, or the cursor right",
                short: "move", group: .parameters),
            Binding(
                .up, .character("k"), action: .move(dx: 0, dy: -1),
                title: "turn the selected parameter up, or the cursor up", short: "move", group: .parameters),
            Binding(
                .down, .character("j"), action: .move(dx: 0, dy: 1),
                title: "turn the selected parameter down, or the cursor down", short: "move", group: .parameters),
        ]

    private static let picture = [
        Binding(
            .character("t"), action: .theme(by: 1), title: "next theme", short: "theme", group: .picture, footer: true),
        Binding(.character("T"), action: .theme(by: -1), title: "the theme before", short: "theme", group: .picture),
        Binding(
            .character("L"), action: .themes, title: "looks: the list of themes, tried on the whole screen",
            short: "looks", group: .picture),
        Binding(
            .character("C"), action: .copy, title: "copy the figures of the view to the clipboard (OSC 52)",
            short: "copy", group: .picture),
        Binding(
            .character("s"), action: .save,
            title: "save the picture, its data, and a trace that replays it", short: "save",
            group: .picture, footer: true),
        Binding(
            .character("u"), action: .hud, title: "frame rate, frame cost, bytes, steps a second", short: "HUD",
            group: .picture),
        Binding(
            .character("+"), action: .zoom(by: 1), title: "zoom in, down to one key a column", short: "zoom",
            group: .picture),
        Binding(
            .character("-"), action: .zoom(by: -1), title: "zoom out", short: "zoom", group: .picture),
        Binding(
            .character("="), action: .fit, title: "show all keys", short: "fit", group: .picture),
        Binding(
            .character("z"), action: .order, title: "columns by position or in the index's order", short: "order",
            group: .picture),
        Binding(
            .character("v"), action: .ringOrScroll, title: "heatmap rows as a ring, or scrolling", short: "ring",
            group: .picture),
        Binding(
            .character("y"), action: .scale, title: "one scale for all rows, or one for each", short: "scale",
            group: .picture),
        Binding(
            .character("("), action: .figure(by: -1), title: "in Heads, the figure before", short: "figure",
            group: .picture),
        Binding(
            .character(")"), action: .figure(by: 1), title: "in Heads, the next figure", short: "figure",
            group: .picture),
        Binding(
            .character("m"), action: .mouse, title: "listen to the mouse, or leave it to the terminal", short: "mouse",
            group: .picture),
    ]

    private static let demo = [
        talk(.pageDown, .next, "the next caption (→ as well, until you take over)", "next"),
        talk(.pageUp, .back, "the caption before (← as well, until you take over)", "back"),
        talk(.character("]"), .chapter(by: 1), "the next chapter", "chapter"),
        talk(.character("["), .chapter(by: -1), "the chapter before", "chapter"),
        talk(.character("g"), .list, "the list of chapters", "chapters"),
        talk(.home, .restart, "begin the demo again", "again"),
    ]

    private static func talk(_ key: Key, _ action: DemoAction, _ title: String, _ short: String) -> Binding {
        Binding(key, action: .demo(action), title: title, short: short, group: .demo)
    }

    /// At the end, so that the footer ends with it.
    private static let last = [
        Binding(
            .character("q"), .control("c"), action: .leave, title: "quit; in a demo q asks once", short: "quit",
            group: .program, footer: true)
    ]

    /// Lower case down, upper case up.
    private static func pair(
        _ letter: Character, _ parameter: Parameter, _ title: String, below: String = ""
    ) -> [Binding] {
        [(letter, -1, "down" + below), (Character(letter.uppercased()), 1, "up")].map { key, by, direction in
            Binding(
                .character(key), action: .change(parameter, by: by), title: "\(title): \(direction)",
                short: parameter.title, group: .parameters)
        }
    }

    private static func next(_ letter: Character, _ parameter: Parameter, _ title: String) -> Binding {
        Binding(
            .character(letter), action: .change(parameter, by: 1), title: title, short: parameter.title,
            group: .parameters)
    }
}
