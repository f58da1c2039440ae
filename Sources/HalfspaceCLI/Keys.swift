import ArgumentParser
import Dashboard

/// `halfspace keys`: the manual page of the keys, from the table that dispatches them.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print every key and what it does.")

    func run() { print(BindingTable.standard.markdown) }
}
