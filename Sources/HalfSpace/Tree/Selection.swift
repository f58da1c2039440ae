/// Selection in place (Hoare's quickselect), for numbers that are all different.
enum Selection {
    /// Rearranges `range` so that everything before `middle` is smaller than everything from it on; O(n) expected.
    static func select(_ a: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, _ middle: Int) {
        var low = range.lowerBound
        var high = range.upperBound - 1
        guard middle > low, middle <= high else { return }
        var seed: UInt64 = 0x9e37_79b9_7f4a_7c15
        while high - low > 24 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let span = UInt64(high - low + 1)
            let x = a[low + Int((seed >> 33) % span)]
            let y = a[low + Int((seed >> 17) % span)]
            let z = a[low + Int((seed >> 5) % span)]
            let pivot = max(min(x, y), min(max(x, y), z))
            var i = low
            var j = high
            while i <= j {
                while a[i] < pivot { i += 1 }
                while a[j] > pivot { j -= 1 }
                if i <= j {
                    let swap = a[i]
                    a[i] = a[j]
                    a[j] = swap
                    i += 1
                    j -= 1
                }
            }
            if middle <= j {
                high = j
            } else if middle >= i {
                low = i
            } else {
                return
            }
        }
        // What is left is short.
        for i in low + 1..<high + 1 {
            let x = a[i]
            var j = i - 1
            while j >= low && a[j] > x {
                a[j + 1] = a[j]
                j -= 1
            }
            a[j + 1] = x
        }
    }
}
