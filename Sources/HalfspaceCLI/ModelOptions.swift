import ArgumentParser
import Assets
import Attention
import Dashboard
import Foundation
import Model
import Simulation

/// The options of a language model.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A language model by name or file; implies --workload model.", valueName: "model"))
    var model: String?
    @Option(
        help: ArgumentHelp(
            "What the model goes on from: a file if there is one of that name, else text (default: a play).",
            valueName: "text"))
    var prompt: String?
    @Option(
        parsing: .unconditional,
        help: "Letters that the model writes before it begins anew (default: as many as its context holds).")
    var generate: Int?
    @Option(
        parsing: .unconditional,
        help: "Only the likeliest letters that together have this share are drawn from, above 0 to 1 (default: 1).")
    var topP: Double?

    var isNamed: Bool { model != nil }

    /// The first of the options that was given.
    var given: String? {
        [
            (model != nil, "--model"), (prompt != nil, "--prompt"), (generate != nil, "--generate"),
            (topP != nil, "--top-p"),
        ].first { $0.0 }?.1
    }

    func apply(to settings: inout Settings, temperature: Double?) throws {
        settings.model = .bundled
        if let model {
            let file = try Assets.find(.model, model)
            let read = try ByteModel.shared(path: file.path)
            settings.activation = read.activation
            settings.model.paths[read.activation.name] = file.path
        }
        if let prompt { setPrompt(prompt, &settings.model) }
        if let generate {
            guard generate > 0 else { throw ValidationError("--generate \(generate) is not 1 or more.") }
            settings.model.generate = generate
        }
        if let temperature {
            guard temperature >= 0, temperature.isFinite else {
                throw ValidationError("--temperature \(temperature.shortest) is not a number from 0.")
            }
            settings.model.temperature = temperature
        }
        if let topP {
            guard topP > 0, topP <= 1 else { throw ValidationError("--top-p \(topP.shortest) is not above 0, to 1.") }
            settings.model.topP = topP
        }
        settings.fitModel()
    }

    private func setPrompt(_ prompt: String, _ settings: inout ModelSettings) {
        var isFolder: ObjCBool = false
        let isFile = FileManager.default.fileExists(atPath: prompt, isDirectory: &isFolder) && !isFolder.boolValue
        settings.promptPath = isFile ? prompt : nil
        settings.promptText = isFile ? nil : prompt
        settings.usualLength = nil
    }
}
