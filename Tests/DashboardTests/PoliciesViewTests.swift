import Policies
import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite("Policies on the screen: ranked, with what each misses and has lost, and what to know")
struct PoliciesViewTests {
    private func snapshot(needle: Int? = nil, isPooled: Bool = false) -> Snapshot {
        var snapshot = Fixture.standard
        snapshot.policies = Fixture.policies(needle: needle, isPooled: isPooled)
        return snapshot
    }

    private func text(_ width: Int, _ height: Int, _ snapshot: Snapshot) -> [String] {
        var state = Fixture.state(width, height, snapshot)
        _ = update(&state, .show(.policies))
        return Fixture.picture(state).plainLines
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func theView(_ width: Int, _ height: Int) {
        var state = Fixture.state(width, height, snapshot(needle: 1250))
        state.depth = .none
        _ = update(&state, .show(.policies))
        expectPicture(Fixture.picture(state), "policies")
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60), (400, 120)])
    func everyPolicyHasItsLineAndTheLeastErrorIsOnTop(_ width: Int, _ height: Int) {
        let lines = text(width, height, snapshot())
        let places = PolicyKind.allCases.map { kind in
            // "HSR" begins the name of another.
            lines.firstIndex { line in
                let text = line.dropFirst(2)
                return text.hasPrefix(kind.name)
                    && ![" +", ","].contains { text.dropFirst(kind.name.count).hasPrefix($0) }
            }
        }
        #expect(!places.contains(nil), "\(lines.joined(separator: "\n"))")
        let ranked = Fixture.policies().ranked
        #expect(ranked.last?.kind == .balls, "what cannot be read at this budget is last")
        let errors = ranked.dropLast().map(\.median.error)
        #expect(errors == errors.sorted())
        let order = ranked.compactMap { row in PolicyKind.allCases.firstIndex(of: row.kind).flatMap { places[$0] } }
        #expect(order == order.sorted())
    }

    @Test func whatDataPenaliseIsSaid() {
        #expect(text(120, 40, snapshot(isPooled: true)).joined().contains("which penalises windows"))
        #expect(text(80, 24, snapshot(isPooled: true)).joined().contains("no key is near in time"))
        #expect(!text(120, 40, snapshot()).joined().contains("penalises"))
        var gaussian = snapshot()
        gaussian.settings.workload = .gaussian
        #expect(text(120, 40, gaussian).joined().contains("These keys have no order"))
    }

    @Test func theNeedleIsMarkedAndToldWhoLostIt() {
        let lines = text(200, 60, snapshot(needle: 1250))
        #expect(lines.joined().contains("needle"))
        let told = lines.joined(separator: " ")
        #expect(told.contains("row 1 250 is read by") && told.contains("gone for ever from"))
        #expect(told.contains("StreamingLLM"))
    }

    @Test func aBudgetThatIsTooSmallSaysWhatIsNeeded() {
        #expect(text(80, 24, snapshot()).joined().contains("needs 391 KiB at least"))
    }

    @Test func nothingIsWatchedForNobody() {
        var state = Fixture.state()
        let watched: ([Effect]) -> [Details] = { effects in
            effects.compactMap { if case .engine(.watch(let details)) = $0 { details } else { nil } }
        }
        #expect(watched(update(&state, .show(.policies))) == [.policies])
        #expect(watched(update(&state, .show(.race))) == [[]])
    }

    @Test func aReasonWhyThereIsNothingIsShown() {
        var snapshot = Fixture.standard
        snapshot.policies = PoliciesFrame()
        snapshot.policies?.phase = .failed("Steps come too fast.")
        #expect(text(80, 24, snapshot).joined().contains("Steps come too fast."))
        snapshot.policies?.phase = .building("MagicPIG")
        #expect(text(80, 24, snapshot).joined().contains("takes in the keys: MagicPIG"))
    }

    @Test func aLetterShowsTheViewWhereDigitsAreUsedUp() {
        #expect(BindingTable.standard.duplicates.isEmpty)
        #expect(BindingTable.standard.footer.contains { $0.keys == "1-9" && $0.title == "views" })
        var state = Fixture.state()
        if let action = BindingTable.standard.action(of: .character("K")) { _ = update(&state, action) }
        #expect(state.view == .policies)
    }
}
