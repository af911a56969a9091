import HydrantConnectorKit
package import HydrantCore

/// Parcels that the warehouse hands over, and couriers that are down.
extension DirectSandbox {
    /// The hub was told a number, so that the label can be printed; also by the refusal of an order that it repeated.
    func tellDock(_ answer: DirectAnswer, to question: DirectQuestion, at courier: DirectCourier) {
        guard let dock, let (id, number) = told(answer, to: question) else { return }
        dock.tell(
            LoadingDock.Label(
                parcel: parcelID(ofOwn: id), courier: courier.rawValue.uppercased(), number: number,
                maker: courier.rawValue), at: clock.now())
    }

    private func told(_ answer: DirectAnswer, to question: DirectQuestion) -> (id: String, number: String)? {
        switch (answer, question) {
        case (.created(let id, let number), _): (id, number)
        case (.refused(.duplicate(let number?)), .create(let id, _)): (id, number)
        default: nil
        }
    }

    /// The number of an entry that left the warehouse, and when.
    func departure(of entry: CourierBook.Entry) -> (number: String, at: Instant)? {
        guard let dock else { return nil }
        return entry.numbers.lazy.compactMap { number in dock.departure(of: number).map { (number, $0) } }.first
    }

    /// Takes over what has left the warehouse with labels of this courier, also with those of the warehouse's roll.
    func collect(_ courier: DirectCourier) {
        for label in dock?.takeLeaving(courier.rawValue) ?? [] {
            let known = books[courier]?.index(number: label.number)
            guard let index = known ?? books[courier]?.enter(label.number, of: label.parcel, at: clock.now()) else {
                continue
            }
            // What is on a roll was paid for with its scans.
            if known == nil { books[courier]?.change(index) { $0.subscriptions += 1 } }
            expectScan(of: index, at: courier)
        }
    }

    /// Puts the next scan that is to be pushed into the calendar.
    func expectScan(of index: Int, at courier: DirectCourier) {
        guard let entry = books[courier]?.entries[index], entry.subscriptions > 0 else { return }
        let all = allScans(of: entry)
        guard entry.pushed < all.count else { return }
        scansAhead[courier, default: DueHeap()].add(.route, index, at: max(all[entry.pushed].at, clock.now()))
    }

    // MARK: - Outages

    package nonisolated var systems: [String] { DirectCourier.allCases.map(\.rawValue) }

    /// Takes a courier down until a moment, or brings it back: while it is down its calls get no answer and take no
    /// effect, and it pushes nothing.
    package func setOutage(of system: String, until moment: Instant?) {
        if let courier = DirectCourier(rawValue: system) { outages[courier] = moment }
    }

    /// Until when a courier is down; nil while it works.
    package func outage(of system: String) -> Instant? {
        DirectCourier(rawValue: system).flatMap { outages[$0] }.flatMap { $0 > clock.now() ? $0 : nil }
    }

    /// The hub's number of a parcel, where the courier's protocol allows fewer signs than the hub and the hub wrote it
    /// in escapes: `_2D` is a dash, and what stands in front makes it long enough.
    nonisolated func parcelID(ofOwn id: String) -> String {
        let text = id.hasPrefix("HYDR") ? id.dropFirst(4) : id[...]
        return String(text).replacing("_2D", with: "-")
    }
}
