/// Told now and then how far long work has come (0…1); it throws `CancellationError` to stop the work.
public typealias BuildProgress = @Sendable (_ fraction: Double) throws -> Void
