import Foundation
import Measurement
import Model
import Workload

/// How much memory a run may take, and how much it needs.
public enum MemoryBudget {
    /// The most rows that a cache may grow to: the store, an index with its own copy, and the copy that a merge makes,
    /// in three quarters of what is available.
    static func rowLimit(dimension: Int, valueDimension: Int) -> Int {
        MachineMemory.room / (3 * rowBytes(dimension, valueDimension))
    }

    /// - Parameters:
    ///   - rows: Keys of length d with values of length dv, beside which an index of their size has to fit.
    /// - Throws: ``SettingsError`` with what is needed and what there is, if they do not fit.
    ///   - shape: The heads, where there are several: every set of keys has its rows, and every query head lists of them.
    public static func check(
        rows: Int, dimension: Int, valueDimension: Int, shape: LayerShape? = nil
    ) throws(SettingsError) {
        let perKey = 3 * rowBytes(dimension, valueDimension) + besideBytes
        let perRow = perKey * (shape?.keyHeads ?? 1) + (shape.map { listBytes * $0.heads } ?? 0)
        let (needed, overflow) = rows.multipliedReportingOverflow(by: perRow)
        guard let total = tooLittle(for: overflow ? .max : needed) else { return }
        let size = overflow ? "more than any machine has" : "about \(gigabytes(needed))"
        throw SettingsError(
            .usage,
            "n \(rows) with d \(dimension)\(shape.map { " and \($0.keyHeads) key-value heads" } ?? "") needs \(size) of memory"
                + " and \(gigabytes(total)) is available; lower n or d\(shape == nil ? "" : ", or the heads")"
        )
    }

    /// - Parameters:
    ///   - needed: Bytes that `what` takes.
    ///   - advice: What to do where there are fewer.
    /// - Throws: ``SettingsError``.
    public static func check(bytes needed: Int, of what: String, advice: String) throws(SettingsError) {
        guard let total = tooLittle(for: needed) else { return }
        throw SettingsError(
            .usage,
            "\(what) takes \(gigabytes(needed)) of memory and \(gigabytes(total)) is available; \(advice)")
    }

    /// - Throws: ``SettingsError`` if a model's weights do not fit.
    public static func check(weights needed: Int, of path: String) throws(SettingsError) {
        guard let total = tooLittle(for: needed) else { return }
        throw SettingsError(
            .usage,
            "\(path): its weights take about \(gigabytes(needed)) of memory and \(gigabytes(total)) is available; take a smaller"
                + " model, or one in fewer bits")
    }

    /// The tokens that a model's context may grow to: all that it takes, or what is asked for, or what the memory has room for.
    /// - Throws: ``SettingsError`` if the prompt does not fit.
    static func capacity(_ model: any LanguageModel, prompt: Int, generate: Int?) throws(SettingsError) -> Int {
        try check(model, context: prompt)
        // The byte models' heads are few, and their stores take memory only as they fill.
        if model.unit == "letter" { return model.mostTokens }
        let room = MachineMemory.room
        var capacity = min(model.mostTokens, generate.map { prompt + max(1, $0) + 1 } ?? model.mostTokens)
        while capacity > prompt + 1, model.memory(context: capacity) > room { capacity = max(prompt + 1, capacity / 2) }
        return capacity
    }

    /// - Throws: ``SettingsError`` if the context of a model does not fit.
    public static func check(_ model: any LanguageModel, context: Int) throws(SettingsError) {
        let needed = model.memory(context: context)
        guard let total = tooLittle(for: needed) else { return }
        throw SettingsError(
            .usage,
            "a context of \(context) \(model.unit == "token" ? "tokens" : "bytes") needs about \(gigabytes(needed)) of memory and \(gigabytes(total)) is available;"
                + " give a shorter prompt, or a smaller --n")
    }

    /// What is available, where that leaves no room for so many bytes.
    private static func tooLittle(for needed: Int) -> Int? {
        let available = MachineMemory.available
        return needed > MachineMemory.room(of: available) ? available : nil
    }

    /// Bytes a key beside the store and the two copies that the making of most indexes holds: their lists and orders.
    private static let besideBytes = 100

    /// Bytes a row of the lists that a head works with, by its index and densely.
    private static let listBytes = 24

    private static func rowBytes(_ dimension: Int, _ valueDimension: Int) -> Int { 4 * (dimension + valueDimension) }

    private static func gigabytes(_ bytes: Int) -> String {
        String(format: "%.1f GB", Double(bytes) / 1e9)
    }
}
