import CKernels
import Testing

@testable import HalfSpace

@Suite struct KernelLevelTests {
    private static let names = ["portable", "avx2", "avxvnni", "avx512", "vnni", "neon"]

    @Test func aLevelAsksForWhatItsInstructionsNeed() {
        func served(_ bits: Int) -> [String] {
            KernelLevel.served(by: KernelLevel.Features(bits: UInt32(bits))).map(\.name)
        }
        let (avx2, avx512, vnni) = (Int(CK_HAS_AVX2), Int(CK_HAS_AVX512), Int(CK_HAS_VNNI))
        let vnni256 = Int(CK_HAS_VNNI256)
        #expect(KernelLevel.all.map(\.name) == Self.names)
        #expect(served(0) == ["portable"])
        #expect(served(avx2) == ["portable", "avx2"])
        #expect(served(avx2 | avx512) == ["portable", "avx2", "avx512"])
        #expect(served(avx2 | vnni256) == ["portable", "avx2", "avxvnni"])
        #expect(served(avx2 | vnni256 | avx512 | vnni) == Self.names.dropLast())
        #expect(served(Int(CK_HAS_NEON)) == ["portable", "neon"])
        // A hypervisor may hide any of them.
        #expect(served(avx512 | vnni | vnni256) == ["portable"])
        #expect(served(avx2 | vnni) == ["portable", "avx2"])
    }

    @Test func aLevelThatTheProcessorLacksIsRefusedInASentence() throws {
        let zen3 = KernelLevel.Features(bits: UInt32(CK_HAS_AVX2))
        #expect(try KernelLevel(named: "avx2", on: zen3).name == "avx2")
        let lacking = #expect(throws: KernelLevelRefused.self) { try KernelLevel(named: "avx512", on: zen3) }
        #expect(lacking?.description == "this processor has no avx512; it has portable, avx2")
        let older = #expect(throws: KernelLevelRefused.self) { try KernelLevel(named: "avxvnni", on: zen3) }
        #expect(older?.description == "this processor has no avxvnni; it has portable, avx2")
        let unknown = #expect(throws: KernelLevelRefused.self) { try KernelLevel(named: "sse", on: zen3) }
        #expect(
            unknown?.description
                == "'sse' is no level of the kernels; there are \(Self.names.joined(separator: ", "))")
    }
}
