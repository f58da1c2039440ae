import Attention
import Testing

struct StaleBuildTests {
    /// SwiftPM compiles a target anew when a C header that it imports has changed, but not the targets above it if they import
    /// no C themselves: those go on with the old layout of whatever holds a C structure, and write where they must not.
    @Test func aFindingHasTheLayoutItWasCompiledWith() {
        #expect(
            MemoryLayout<AttentionFinding>.size == AttentionFinding.bytes,
            "a stale build: touch the sources (.github/CONTRIBUTING.md) and build again")
    }
}
