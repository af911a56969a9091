/// An order that nobody says what it is for: no line is known.
///
/// Late for the grace time after it was placed, because lines may come in messages of their own; wrong from then on.
enum NoLines: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard let placed = order.placed.known(at: now), order.lines.known(at: now).isEmpty else { return nil }
        return overdue(
            .noLines, Waiting(since: placed.at, limit: settings.grace, now: now),
            lastVerifiedAt: order.lastHeardAt(by: now)
        ) { length in
            Text(
                chinese: "下单 \(length.chinese)，没有任何商品明细",
                english: "Placed \(length.english) ago and no line is known")
        }
    }
}
