/// Why a GGUF file is no model that runs here; prints itself as one sentence that begins with the path.
public struct GGUFFault: Error, Equatable, Sendable {
    public let path: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        case cannotRead(String)
        case changed
        case notGGUF
        case version(UInt32)
        case bigEndian
        /// It ends before what it announces.
        case truncated(String)
        /// What its header says and cannot be.
        case header(String)
        case missing(key: String)
        case wrongValue(key: String, String)
        case missingTensor(String)
        case wrongShape(tensor: String, shape: [Int], expected: [Int])
        case wrongType(tensor: String, type: String)
        case notFinite(tensor: String)
        case architecture(String)
        case tokenizer(String)
        /// What its architecture allows and is not computed here.
        case notSupported(String)
    }

    init(path: String, _ problem: Problem) {
        self.path = path
        self.problem = problem
    }
}

extension GGUFFault: CustomStringConvertible {
    public var description: String { "\(path): \(sentence)" }

    private var sentence: String {
        switch problem {
        case .cannotRead(let reason):
            "cannot be read: \(reason); give a GGUF file that is there"
        case .changed:
            "was changed while it was read; try again once nobody writes to it"
        case .notGGUF:
            "is not a GGUF file: it does not begin with “GGUF”"
        case .version(let version):
            "is GGUF of version \(version), but versions 2 and 3 are known; convert the model anew"
        case .bigEndian:
            "is a GGUF file for big-endian machines; convert the model for little-endian ones"
        case .truncated(let what):
            "is cut short: \(what) lies beyond its end; fetch it once more"
        case .header(let what):
            "has a header that cannot be: \(what)"
        case .missing(let key):
            "says nothing of \(key), which a model needs; convert the model anew"
        case .wrongValue(let key, let what):
            "has a \(key) that cannot be: \(what)"
        case .missingTensor(let name):
            "has no tensor \(name), which its architecture asks for"
        case .wrongShape(let tensor, let shape, let expected):
            "tensor \(tensor) has shape \(shape), but its metadata asks for \(expected)"
        case .wrongType(let tensor, let type):
            "tensor \(tensor) is of type \(type); known are \(GGUFTensorType.list)"
        case .notFinite(let tensor):
            "tensor \(tensor) holds a number that is not finite"
        case .architecture(let name):
            "is a model of architecture “\(name)”; known are \(LlamaConfiguration.architectures.joined(separator: " and "))"
        case .tokenizer(let what):
            "\(what)"
        case .notSupported(let what):
            "asks for \(what), which is not computed here"
        }
    }
}
