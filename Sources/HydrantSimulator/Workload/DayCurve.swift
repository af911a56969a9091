/// Orders per hour of the model customer, from midnight, on an ordinary day and on Double 11.
package enum DayCurve {
    /// An ordinary working day: a morning peak at ten, an evening one at eight.
    package static let ordinary = [
        120, 60, 40, 30, 30, 50, 120, 250, 480, 780, 1_000, 860,
        600, 640, 780, 820, 760, 600, 480, 560, 720, 700, 480, 260,
    ]

    /// Double 11: the rush at midnight, the morning, and the last four hours. Its busiest hour is 3.17 times the
    /// busiest of an ordinary day.
    package static let doubleEleven = [
        3_170, 1_500, 620, 300, 200, 220, 380, 560, 820, 1_080, 1_250, 1_120,
        920, 880, 930, 960, 900, 820, 860, 1_020, 1_560, 1_560, 1_300, 1_070,
    ]

    /// Shares a number of orders among the hours of a curve; the largest remainders get what rounding leaves.
    package static func share(_ orders: Int, by curve: [Int]) -> [Int] {
        let total = curve.reduce(0, +)
        guard total > 0, orders > 0 else { return curve.map { _ in 0 } }
        var counts = curve.map { orders * $0 / total }
        let byRemainder = curve.indices.sorted { left, right in
            let leftRest = orders * curve[left] % total
            let rightRest = orders * curve[right] % total
            return leftRest != rightRest ? leftRest > rightRest : left < right
        }
        for hour in byRemainder.prefix(orders - counts.reduce(0, +)) { counts[hour] += 1 }
        return counts
    }
}
