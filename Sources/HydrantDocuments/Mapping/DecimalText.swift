/// A decimal number as it is written in files, read exactly: no rounding, no floating point.
struct DecimalText {
    let isNegative: Bool
    /// All digits as one number: 188.73 is 18873.
    let digits: Int64
    /// How many of the digits stand behind the decimal separator, without zeros at the end.
    let fractionCount: Int

    /// Nil when the bytes are not a plain decimal number of at most 18 digits.
    init?(_ bytes: some Collection<UInt8>, separator: UInt8) {
        var digits: Int64 = 0
        var fractionCount = 0
        var zeros = 0
        var hasSeparator = false
        var count = 0
        var isNegative = false
        for (index, byte) in bytes.enumerated() {
            if index == 0, byte == 0x2D || byte == 0x2B {
                isNegative = byte == 0x2D
                continue
            }
            if byte == separator, !hasSeparator {
                hasSeparator = true
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            count += 1
            // Zeros at the end of the fraction are kept back: they do not change the number.
            if hasSeparator, byte == 0x30 {
                zeros += 1
                continue
            }
            let step = hasSeparator ? zeros + 1 : 1
            if hasSeparator { fractionCount += step }
            for place in 0..<step {
                let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
                guard !overflow, product < 1_000_000_000_000_000_000 else { return nil }
                digits = product + (place == step - 1 ? Int64(byte - 0x30) : 0)
            }
            zeros = 0
        }
        guard count > 0, count <= 40 else { return nil }
        self.isNegative = isNegative
        self.digits = digits
        self.fractionCount = fractionCount
    }

    /// The number in units of which `decimals` digits make one; nil when it has more decimals or is too large.
    func scaled(decimals: Int) -> Int64? {
        guard fractionCount <= decimals else { return nil }
        var value = digits
        for _ in fractionCount..<decimals {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
        }
        return isNegative ? -value : value
    }
}
