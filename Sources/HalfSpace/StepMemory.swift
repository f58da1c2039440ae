import CKernels

/// What the description of a driver points at, and the memory in which the driver works.
public final class StepMemory {
    private var kept: [AnyObject] = []

    /// An index as its driver is handed it, at an address that stays.
    func keep<Index: BitwiseCopyable>(_ index: Index) -> UnsafeRawPointer {
        let memory = AlignedBuffer<Index>(count: 1)
        memory.base.pointee = index
        keep(memory)
        return UnsafeRawPointer(memory.base)
    }

    /// Keeps memory that a driver works in.
    func keep(_ memory: AnyObject) { kept.append(memory) }

    /// Lists of members with their dot products and weights.
    func members(_ count: Int) -> ck_members {
        let scratch = Scratch(capacity: count)
        keep(scratch)
        return ck_members(ids: scratch.ids, dots: scratch.dots, weights: scratch.weights)
    }

    /// Memory for as many elements.
    func room<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type = Element.self)
        -> UnsafeMutablePointer<Element>
    {
        let memory = AlignedBuffer<Element>(count: count)
        keep(memory)
        return memory.base
    }
}
