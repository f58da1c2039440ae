extension Int {
    /// The whole number towards zero, held to ±2⁴⁰ so that sums of a few still fit: for what is only drawn or counted. NaN is 0.
    public init(held value: Double) {
        let most = 0x1p40
        self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -most), most))
    }
}
