import CKernels
import HalfSpace

/// A weight matrix in 4 or 8 bits a number, with scales for groups of columns, in panels of 16 rows (`ck_quantised`).
struct QuantisedMatrix: Sendable {
    let rows: Int
    let columns: Int
    private let bits: Int
    private let group: Int
    private let codes: AlignedBuffer<UInt8>
    private let scales: AlignedBuffer<Float>
    private let offsets: AlignedBuffer<Float>?

    private static let panel = Int(CK_PANEL)

    /// Takes a quantised tensor apart and puts it together as the kernels read it.
    /// - Throws: ``GGUFFault`` where it cannot be read or a scale is not finite.
    init(_ tensor: GGUFTensor) throws(GGUFFault) {
        let type = tensor.type
        rows = tensor.rows
        columns = tensor.columns
        bits = type.hasFourBits ? 4 : 8
        group = type.group
        let panels = (rows + Self.panel - 1) / Self.panel
        let groups = columns / group
        codes = AlignedBuffer(count: panels * groups * Self.panel * group * bits / 8)
        scales = AlignedBuffer(count: panels * groups * Self.panel)
        offsets = type.hasFourBits ? AlignedBuffer(count: panels * groups * Self.panel) : nil
        var blockCodes = [Int8](repeating: 0, count: type.block)
        var blockGroups = [GGUFGroup](repeating: GGUFGroup(), count: type.block / group)
        for panel in 0..<panels {
            let chosen = panel * Self.panel..<min(rows, (panel + 1) * Self.panel)
            let raw = try tensor.bytes(chosen)
            var isFinite = true
            raw.withUnsafeBytes { raw in
                for r in 0..<chosen.count {
                    for block in 0..<columns / type.block {
                        let start = r * tensor.rowBytes + block * type.blockBytes
                        type.unpack(
                            UnsafeRawBufferPointer(rebasing: raw[start..<start + type.blockBytes]), &blockCodes,
                            &blockGroups)
                        for (g, scale) in blockGroups.enumerated() {
                            isFinite = isFinite && scale.scale.isFinite && scale.offset.isFinite
                            let at = panel * groups + block * blockGroups.count + g
                            put(blockCodes, g * group, scale, at: at, row: r)
                        }
                    }
                }
            }
            guard isFinite else { throw tensor.notFinite }
        }
    }

    /// Writes a row's codes of a group, of which `first` is the first.
    private func put(_ values: [Int8], _ first: Int, _ group: GGUFGroup, at place: Int, row: Int) {
        scales.base[place * Self.panel + row] = group.scale
        offsets?.base[place * Self.panel + row] = group.offset
        let start = codes.base + place * Self.panel * self.group * bits / 8
        for t in 0..<self.group {
            if bits == 8 {
                start[64 * (t / 4) + 4 * row + t % 4] = UInt8(bitPattern: values[first + t])
            } else {
                start[64 * (t % 16 / 4) + 4 * row + t % 4] |= UInt8(values[first + t]) << (t < 16 ? 0 : 4)
            }
        }
    }

    var bytes: Int { codes.bytes + scales.bytes + (offsets?.bytes ?? 0) }

    func multiply(
        _ input: ProductInput, panels: Range<Int>, into y: UnsafeMutableBufferPointer<Float>
    ) {
        var matrix = ck_quantised(
            codes: codes.base, scales: scales.base, offsets: offsets.map { UnsafePointer($0.base) },
            rows: rows,
            columns: columns, bits: Int32(bits), group: Int32(group))
        var vectors = input.vectors
        ck_quantised_product(
            &matrix, &vectors, input.count, panels.lowerBound, panels.upperBound, y.baseAddress)
    }

    /// A row as float32, by `scale·code + offset`.
    func copyRow(_ row: Int, into out: UnsafeMutableBufferPointer<Float>) {
        let groups = columns / group
        for t in 0..<columns {
            let place = row / Self.panel * groups + t / group
            let start = codes.base + place * Self.panel * group * bits / 8
            let (r, at) = (row % Self.panel, t % group)
            let code: Float
            if bits == 8 {
                code = Float(Int8(bitPattern: start[64 * (at / 4) + 4 * r + at % 4]))
            } else {
                let byte = start[64 * (at % 16 / 4) + 4 * r + at % 4]
                code = Float(at < 16 ? byte & 15 : byte >> 4)
            }
            out[t] =
                scales.base[place * Self.panel + r] * code + (offsets?.base[place * Self.panel + r] ?? 0)
        }
    }
}
