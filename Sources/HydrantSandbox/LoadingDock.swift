import HydrantCore
import Synchronization

/// Where the played warehouse and the played couriers meet: whose label is on a parcel, and when it left.
package final class LoadingDock: Sendable {
    /// One waybill on a parcel.
    package struct Label: Hashable, Sendable {
        /// The hub's number of the parcel.
        var parcel: String
        /// Who carries it, as warehouses write it: ZTO.
        var courier: String
        package var number: String
        /// The system that knows the number: the first piece of its address.
        var maker: String
    }

    fileprivate struct State {
        /// By parcel; what was told first goes onto the parcel.
        var labels: [String: [Label]] = [:]
        var departures: [String: Instant] = [:]
        /// Parcels that left before anybody had told a number of them.
        var leftWithout: [String: Instant] = [:]
        /// What has left and its carrier has not noticed yet, by maker.
        var leaving: [String: [Label]] = [:]
        var lastOfRoll = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether a parcel is fetched from a customer: it is on its way back, and no warehouse hands it over.
    static func isFetched(_ parcel: String) -> Bool { parcel.contains(/-B[0-9]+$/) }

    /// How long after its label was made a courier fetches it.
    static let fetchTime: Milliseconds = .hours(20)

    /// A carrier has told the hub a number; labels are printed with what was told first.
    func tell(_ label: Label, at now: Instant) {
        state.withLock { state in
            guard state.labels[label.parcel]?.contains(where: { $0.number == label.number }) != true else { return }
            state.labels[label.parcel, default: []].append(label)
            if Self.isFetched(label.parcel) { state.leave(label, now + Self.fetchTime) }
            if let at = state.leftWithout.removeValue(forKey: label.parcel) { state.leave(label, at) }
        }
    }

    func takeBack(_ number: String, of parcel: String) {
        state.withLock { $0.labels[parcel]?.removeAll { $0.number == number } }
    }

    package func label(of parcel: String) -> Label? { state.withLock { $0.labels[parcel]?.first } }

    /// A label from the courier's roll that lies in the warehouse, for a parcel that nobody has told a number of.
    func drawFromRoll(_ parcel: String, courier: String, at now: Instant) -> Label {
        let serial = state.withLock { state in
            state.lastOfRoll += 1
            return state.lastOfRoll
        }
        let label = Label(
            parcel: parcel, courier: courier, number: Self.rollNumber(serial, courier), maker: courier.lowercased())
        tell(label, at: now)
        return label
    }

    /// In the form of the courier's numbers, apart from those that it gives by itself.
    private static func rollNumber(_ serial: Int, _ courier: String) -> String {
        let digits = String(serial)
        func padded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - digits.count)) + digits }
        return switch courier {
        case "ZTO": "789" + padded(10)
        case "STO": "779" + padded(10)
        case "YTO": "YT9" + padded(12)
        case "YUNDA": "39" + padded(12)
        case "JD": "JDV9" + padded(12)
        default: "SF9" + padded(12)
        }
    }

    func leave(_ label: Label, at: Instant) { state.withLock { $0.leave(label, at) } }

    func leaveWithoutLabel(_ parcel: String, at: Instant) { state.withLock { $0.leftWithout[parcel] = at } }

    func departure(of number: String) -> Instant? { state.withLock { $0.departures[number] } }

    /// What a maker's parcels have left since it looked last.
    func takeLeaving(_ maker: String) -> [Label] { state.withLock { $0.leaving.removeValue(forKey: maker) ?? [] } }
}

extension LoadingDock.State {
    fileprivate mutating func leave(_ label: LoadingDock.Label, _ at: Instant) {
        departures[label.number] = at
        leaving[label.maker, default: []].append(label)
    }
}
