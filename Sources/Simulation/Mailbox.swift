import Measurement

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Commands on their way to the engine: any thread puts, the engine's thread takes, in order.
///
/// It waits by the clock that never goes back: Foundation's conditions wait for a date, and a machine whose date is set
/// back would stand still.
final class Mailbox: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var commands: [Command] = []
    private var isWoken = false

    init() {
        pthread_mutex_init(mutex, nil)
        #if os(Linux)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(condition, nil)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func put(_ command: Command) {
        locked {
            commands.append(command)
            pthread_cond_signal(condition)
        }
    }

    /// Whether something waits; a stale answer only costs one more look.
    var isEmpty: Bool { locked { commands.isEmpty } }

    /// Takes all that wait; blocks until there is something or `deadline` has passed.
    /// - Parameter deadline: Seconds of the `MonotonicClock`; nil for ever.
    func take(until deadline: Double?) -> [Command] {
        locked {
            while commands.isEmpty && !isWoken {
                guard let deadline else {
                    pthread_cond_wait(condition, mutex)
                    continue
                }
                let left = min(deadline - MonotonicClock.seconds, 1e6)
                guard left > 0 else { break }
                wait(seconds: left)
            }
            defer {
                commands = []
                isWoken = false
            }
            return commands
        }
    }

    /// Wakes a waiting engine without a command.
    func wake() {
        locked {
            isWoken = true
            pthread_cond_signal(condition)
        }
    }

    private func wait(seconds: Double) {
        #if os(Linux)
            let until = MonotonicClock.nanoseconds + UInt64(seconds * 1e9)
            var time = timespec(tv_sec: Int(until / 1_000_000_000), tv_nsec: Int(until % 1_000_000_000))
            pthread_cond_timedwait(condition, mutex, &time)
        #else
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
            pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #endif
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
