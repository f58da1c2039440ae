/// Why a file is no model that runs here; prints itself as one sentence that begins with the path.
public struct ModelFault: Error, Equatable, Sendable {
    public let path: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        case cannotRead
        case notSafetensors
        /// It is safetensors, but of something else.
        case noModel
        /// What the configuration says and cannot be.
        case configuration(String)
        case missingTensor(String)
        case wrongShape(tensor: String, shape: [Int], expected: [Int])
        case wrongType(tensor: String, type: String)
        case outside(tensor: String)
        case notFinite(tensor: String)
    }

    init(path: String, _ problem: Problem) {
        self.path = path
        self.problem = problem
    }
}

extension ModelFault: CustomStringConvertible {
    public var description: String { "\(path): \(sentence)" }

    private var sentence: String {
        switch problem {
        case .cannotRead:
            "cannot be read; give a file that is there, or the name of a model"
        case .notSafetensors:
            "is not a safetensors file, or is cut short; give a model's file"
        case .noModel:
            "is safetensors, but holds no byte-level model: its metadata has no config with kind, d, layers, gh and gdh"
        case .configuration(let what):
            "has a configuration that cannot be: \(what)"
        case .missingTensor(let name):
            "has no tensor \(name), which its configuration asks for"
        case .wrongShape(let tensor, let shape, let expected):
            "tensor \(tensor) has shape \(shape), but the configuration asks for \(expected)"
        case .wrongType(let tensor, let type):
            "tensor \(tensor) is of type \(type); expected F16 or F32"
        case .outside(let tensor):
            "tensor \(tensor) does not fit the file; it may be cut short"
        case .notFinite(let tensor):
            "tensor \(tensor) holds a number that is not finite"
        }
    }
}
