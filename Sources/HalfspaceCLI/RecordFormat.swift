import ArgumentParser
import Simulation

/// How records are printed: JSON, one object a line, or CSV; the fields come in the same order in both.
enum RecordFormat: String, CaseIterable, ExpressibleByArgument {
    case json, csv

    func header(_ names: [String]) -> String { names.joined(separator: ",") }

    func line(_ fields: [RecordField]) -> String {
        switch self {
        case .json: "{" + fields.map { "\"\($0.name)\":\($0.value.json)" }.joined(separator: ",") + "}"
        case .csv: fields.map(\.value.csv).joined(separator: ",")
        }
    }
}
