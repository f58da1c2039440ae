import Simulation

/// What a demo makes of an action; nil where it leaves it to the dashboard alone.
func updateDemo(_ state: inout DashboardState, _ action: Action) -> [Effect]? {
    guard let player = state.demo else { return nil }
    // What a clicker's black-screen key sends.
    if !player.isLive, action.isDarkKey {
        state.demo?.isDark.toggle()
        return []
    }
    if action.isTouch { state.demo?.isDark = false }
    switch action {
    case .leave:
        guard state.now - player.leaveAskedAt > DemoPlayer.secondThought else { return nil }
        state.demo?.leaveAskedAt = state.now
        state.toast("q again leaves the demo", .warning)
        return []
    case .demo(let action): return turn(&state, action)
    case .tick: return tick(&state, action)
    case .received(let snapshot): return follow(&state, snapshot)
    case .move(let dx, _):
        guard state.overlay == nil, state.demo?.isLive == false else { return nil }
        if dx != 0 { return turn(&state, dx > 0 ? .next : .back) }
        state.toast("↑ and ↓ are yours once a parameter key has taken over from the demo")
        return []
    case .confirm: return confirm(&state)
    case .change, .moveThreshold, .defaults, .openLine:
        takeOver(&state)
        return nil
    case .theme where state.overlay.map(\.isThemes) != true:
        let effects = updateDashboard(&state, action)
        let chosen = state.theme.name
        state.demo?.ownTheme = chosen
        return effects
    case .pace:
        let effects = updateDashboard(&state, action)
        state.demo?.ownPace = state.pace
        return effects
    default: return nil
    }
}

extension Action {
    /// Whether a clicker's key for a dark screen sends it: `b` or `.`.
    fileprivate var isDarkKey: Bool {
        switch self {
        case .step, .change(.offset, by: -1): true
        default: false
        }
    }
}

private func takeOver(_ state: inout DashboardState) {
    guard state.demo?.isLive == false else { return }
    state.demo?.isLive = true
    state.frozen = nil
}

/// Enter: the selected chapter of the list, the head under the cursor, or back from what a person did by himself.
private func confirm(_ state: inout DashboardState) -> [Effect]? {
    if case .chapters(let selected) = state.overlay { return go(&state, to: .init(chapter: selected)) }
    if state.view == .heads, state.overlay == nil, HeadGrid(state)?.isElsewhere == true {
        takeOver(&state)
        return nil
    }
    guard state.overlay == nil, let player = state.demo, player.isLive else { return nil }
    return go(&state, to: player.place)
}

private func turn(_ state: inout DashboardState, _ action: DemoAction) -> [Effect] {
    guard let player = state.demo else { return [] }
    switch action {
    case .next:
        guard let next = player.next else {
            if player.demo.loops { return go(&state, to: .init()) }
            state.toast("the demo ends here; Home begins it again")
            return []
        }
        return go(&state, to: next, isForward: !player.isLive)
    case .back:
        guard let previous = player.previous else {
            state.toast("the demo begins here")
            return []
        }
        return go(&state, to: previous)
    case .chapter(let by):
        // From within a chapter, back goes to its own beginning first.
        let isWithin = by < 0 && player.place.caption > 0
        let chapter = player.place.chapter + (isWithin ? by + 1 : by)
        guard player.demo.chapters.indices.contains(chapter) else {
            state.toast(by < 0 ? "this is the first chapter" : "this is the last chapter")
            return []
        }
        return go(&state, to: .init(chapter: chapter))
    case .restart:
        state.demo?.begun = state.now
        state.demo?.chapterBegun = state.now
        return go(&state, to: .init())
    case .list:
        let isOpen = if case .chapters = state.overlay { true } else { false }
        state.overlay = isOpen ? nil : .chapters(selected: player.place.chapter)
        return []
    case .reloaded(let demo): return reload(&state, demo)
    }
}

/// Stays at the chapter of the same title, or of the same number.
private func reload(_ state: inout DashboardState, _ demo: Demo) -> [Effect] {
    guard let player = state.demo else { return [] }
    let chapter = demo.chapters.firstIndex { $0.title == player.chapter.title } ?? player.place.chapter
    state.demo?.demo = demo
    state.demo?.met = [:]
    let place = demo.nearest(to: .init(chapter: chapter, caption: player.place.caption))
    state.demo?.place = place
    let effects = player.isLive ? [] : go(&state, to: place)
    state.toast("the demo was edited and read again", .good)
    return effects
}

/// Goes to a caption: its settings, its steps, its looks, whatever was before.
private func go(_ state: inout DashboardState, to place: Demo.Place, isForward: Bool = false) -> [Effect] {
    guard var player = state.demo else { return [] }
    let isAnotherChapter = player.place.chapter != place.chapter
    let continues = isForward && !isAnotherChapter && player.isCaptionDone
    if isAnotherChapter { player.ownPace = nil }
    if isAnotherChapter || !player.hasBegun { player.chapterBegun = state.now }
    player.cardUntil =
        isAnotherChapter && place.caption == 0 && player.mode != .once
        ? state.now + ChapterCard.seconds / max(1, player.speed) : -.infinity
    player.place = player.demo.nearest(to: place)
    player.isLive = false
    player.scriptID += 1
    player.position = nil
    player.shownAt = nil
    player.retryAt = nil
    let isFirst = !player.hasBegun
    player.hasBegun = true
    let look = player.caption.look
    let script = player.demo.script(to: player.place, id: player.scriptID, keepsHistory: continues)

    state.frozen = nil
    state.overlay = nil
    state.toasts.removeAll()
    state.indexSearch = nil
    var effects: [Effect] = []
    if state.isPaused { effects.append(.engine(.pause(false))) }
    state.isPaused = false
    let pace = player.pace(of: look)
    if pace != state.pace || isFirst { effects.append(.engine(.pace(pace))) }
    state.pace = pace
    if state.view == .prefill, look.view != .prefill { effects.append(.engine(.prefill(nil))) }
    if state.view != look.view || isFirst { effects += show(&state, look.view) }
    if state.heatmap.followsIndex != look.isSorted { effects += updateHeatmap(&state, .order) }
    state.focus = look.focus ?? look.highlight ?? 0
    state.isExpanded = look.isExpanded
    state.slowMotion = nil
    choose(theme: look.theme, &state, &player)
    if script.stretches.indices.contains(script.skipped) { state.settings = script.stretches[script.skipped].settings }
    state.demo = player
    return effects + [.engine(.script(script))]
}

/// The person's own theme holds; a caption that names none has what was there before the demo named one.
private func choose(theme: String?, _ state: inout DashboardState, _ player: inout DemoPlayer) {
    player.themeBefore = player.themeBefore ?? state.theme.name
    let wanted = player.ownTheme ?? theme ?? player.themeBefore
    if let index = state.themes.firstIndex(where: { $0.name == wanted }) { state.themeIndex = index }
}

/// Takes in a snapshot: how far the caption's script is, and what came of its condition.
private func follow(_ state: inout DashboardState, _ snapshot: Snapshot) -> [Effect] {
    if state.demo?.mode == .kiosk, case .failed(let sentence) = snapshot.phase {
        // Nobody is there to read it: the picture stays, and the demo goes on by itself.
        state.live.generation = snapshot.generation
        guard state.demo?.retryAt == nil else { return [] }
        state.demo?.retryAt = state.now + DemoPlayer.pauseAfterFailure
        return [.log("chapter \"\(state.demo?.chapter.title ?? "")\" cannot run: \(sentence)")]
    }
    var effects = updateDashboard(&state, .received(snapshot))
    guard let player = state.demo, !player.isLive, let position = snapshot.script, position.id == player.scriptID,
        position != player.position
    else { return effects }
    let before = player.position
    state.demo?.position = position
    if !position.isSkipping, player.shownAt == nil {
        state.demo?.shownAt = state.now
        if player.caption.look.isSlow { state.slowMotion = .wanted }
        if player.beginsPrefill(snapshot) { effects.append(.engine(.prefill(.causal))) }
    }
    if snapshot.settings != state.settings {
        if before != nil {
            // A ramp replaces its own message, so that it does not cover the picture with many.
            state.toasts.removeAll { $0.kind == .info }
            state.toast(snapshot.settings.difference(from: state.settings))
        }
        state.settings = snapshot.settings
    }
    return effects + (position.isDone && before?.isDone != true ? close(&state, position) : [])
}

/// The caption's steps are done.
private func close(_ state: inout DashboardState, _ position: Script.Position) -> [Effect] {
    guard let player = state.demo else { return [] }
    if player.caption.look.freezes { state.frozen = state.live }
    guard let condition = player.caption.condition, let last = position.stretches.last else { return [] }
    if last.isMet == true {
        state.demo?.met[player.place] = last.steps
        return []
    }
    let sentence = "\(condition) did not come true within \(last.steps) steps"
    if player.mode == .presented { state.toast(sentence, .warning) }
    return [.log("chapter \"\(player.chapter.title)\": \(sentence)")]
}

/// Time passes: the first caption, the clock, and the pages that nobody turns.
private func tick(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    let second = state.now.rounded(.down)
    var effects = updateDashboard(&state, action)
    guard let player = state.demo else { return effects }
    if !player.hasBegun {
        state.demo?.begun = state.now
        return effects + go(&state, to: player.place)
    }
    if player.mode == .presented, state.now.rounded(.down) != second { effects.append(.draw) }
    if player.cardUntil > -.infinity, !player.showsCard(at: state.now) {
        state.demo?.cardUntil = -.infinity
        effects.append(.draw)
    }
    guard player.mode.isUnattended else { return effects }
    if let retryAt = player.retryAt {
        return state.now >= retryAt ? effects + go(&state, to: player.next ?? .init()) : effects
    }
    if player.isLive || state.isPaused || state.overlay != nil {
        let isForgotten = state.now - player.touchedAt >= DemoPlayer.patience
        return isForgotten ? effects + go(&state, to: player.place) : effects
    }
    guard player.isCaptionDone, let shownAt = player.shownAt,
        state.now - shownAt >= player.caption.stay / player.speed
    else { return effects }
    if let next = player.next { return effects + go(&state, to: next, isForward: true) }
    return effects + (player.mode == .once ? [.quit] : go(&state, to: .init()))
}
