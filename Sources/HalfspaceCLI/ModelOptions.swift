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

    @Option(
        parsing: .unconditional,
        help: "Every so many tokens of a pretrained model one is computed densely as well, from 1 (default: 4).")
    var denseEvery: Int?

    @Flag(
        help: """
            Write every text twice, one after the other: through half-space reporting alone, then densely from the same prompt \
            with the same luck.
            """)
    var compare = false
    @Flag(help: "Let the heads of a pretrained model take the keys that they leave out by the means of cells.")
    var residual = false

    var isNamed: Bool { model != nil }

    /// The first of the options that was given.
    var given: String? {
        [
            (model != nil, "--model"), (prompt != nil, "--prompt"), (generate != nil, "--generate"),
            (topP != nil, "--top-p"), (denseEvery != nil, "--dense-every"), (compare, "--compare"),
            (residual, "--residual"),
        ].first { $0.0 }?.1
    }

    func apply(to settings: inout Settings, temperature: Double?) throws {
        settings.model = .bundled
        if let model {
            let path = try ModelFiles.find(model)
            let read = try LanguageModels.shared(path: path)
            settings.activation = read.activation
            if read.hasOwnThreshold {
                settings.model.paths[read.activation.name] = path
            } else {
                // A pretrained model's activation is the one that it was trained with.
                settings.model.paths = [read.activation.name: path]
            }
        }
        if compare {
            guard denseEvery == nil else {
                throw ValidationError("--compare decodes each text densely as a whole; leave out --dense-every.")
            }
            (settings.model.compares, settings.model.generate) = (true, generate ?? Self.comparedLength)
        }
        if residual {
            guard let path = settings.model.paths[settings.activation.name], LanguageModels.isGGUF(path) else {
                throw ValidationError("--residual is for pretrained models; give one with --model.")
            }
            settings.model.takesResidual = true
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
        if let denseEvery {
            guard denseEvery > 0 else { throw ValidationError("--dense-every \(denseEvery) is not 1 or more.") }
            settings.model.denseEvery = denseEvery
        }
        settings.fitModel()
    }

    /// Tokens of a text that is written twice, where nobody says how many.
    static let comparedLength = 256

    private func setPrompt(_ prompt: String, _ settings: inout ModelSettings) {
        var isFolder: ObjCBool = false
        let isFile = FileManager.default.fileExists(atPath: prompt, isDirectory: &isFolder) && !isFolder.boolValue
        settings.promptPath = isFile ? prompt : nil
        settings.promptText = isFile ? nil : prompt
        settings.usualLength = nil
    }
}
