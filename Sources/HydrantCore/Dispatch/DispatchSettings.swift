/// How parcels get their numbers: which channels are tried one after the other, how long each may take, how often is
/// asked for a number that is missing, and whom a keeper's text goes through.
///
/// A parcel's first channel is tried for `channelTime`. When that is over, or the channel says no for a reason of its
/// own, the next one is tried; what the first one may still have made is looked for every `pollEvery`, and a second
/// number is taken back. When all channels failed, the keeper of the warehouse is asked.
package struct DispatchSettings: Hashable, Sendable {
    /// The channels of the parcels of one warehouse, in the order in which they are tried.
    package struct Chain: Hashable, Sendable {
        /// Nil for every warehouse that no earlier chain names.
        package var warehouse: String?
        /// The courier that carries the parcels; empty where the channel is the courier itself.
        package var courier: String
        /// Names of connected systems, at least one, none twice.
        package var channels: [String]

        package init(warehouse: String? = nil, courier: String = "", channels: [String]) {
            precondition(!channels.isEmpty, "a chain without channels")
            self.warehouse = warehouse
            self.courier = courier
            self.channels = channels
        }
    }

    /// From where the parcels of one warehouse are sent, and where what comes back goes to.
    package struct Sender: Hashable, Sendable {
        /// Nil for every warehouse that no other sender names.
        package var warehouse: String?
        package var house: Receiver

        package init(warehouse: String? = nil, house: Receiver) {
            self.warehouse = warehouse
            self.house = house
        }
    }

    /// Who texts the keepers, and how long a link works.
    package struct Keeper: Hashable, Sendable {
        package var system: String
        package var answerWithin: Milliseconds

        package init(system: String, answerWithin: Milliseconds = .hours(4)) {
            self.system = system
            self.answerWithin = answerWithin
        }
    }

    /// How parcels are followed whose channel does not push scans, or has stopped: it is asked, again and again.
    package struct Routes: Hashable, Sendable {
        /// Names of connected systems.
        package var asked: [String] = []
        package var every: Milliseconds = .hours(2)
        /// Of channels that push scans: after how long without any, at the latest, the whole list is asked for; nil
        /// for never.
        package var silence: Milliseconds? = .hours(24)

        package init() {}

        /// How long a parcel is followed before a person has to find out.
        static let atMost: Milliseconds = .hours(24 * 30)
    }

    /// When the waybill numbers of a channel that sells them in advance are few.
    package struct Numbers: Hashable, Sendable {
        package var few: Int64 = 500
        package var askEvery: Milliseconds = .hours(1)

        package init() {}
    }

    package var chains: [Chain] = []
    /// Where nobody stands for a warehouse, the connector of the channel has its own.
    package var senders: [Sender] = []
    package var numbers = Numbers()
    package var routes = Routes()
    package var channelTime: Milliseconds = .minutes(5)
    package var pollEvery: Milliseconds = .minutes(15)
    /// How long is asked for a number before a person has to find out.
    package var pollFor: Milliseconds = .hours(168)
    package var keeper: Keeper?
    /// What the numbers of each courier look like, by the courier's name in the chains.
    package var couriers: [String: CourierNumbers] = [:]

    package init() {}

    /// How long after its deadline a try counts as unresolved although nobody brought its end.
    static let overdueAfter: Milliseconds = .minutes(1)

    /// The time from the end of a round of tries to the next round.
    static func pause(afterRound round: Int) -> Milliseconds {
        switch round {
        case ...1: .minutes(15)
        case 2: .minutes(30)
        default: .hours(1)
        }
    }
}

extension Settings {
    /// Who sends the parcels of a warehouse, and takes back what returns; nil where the document names nobody.
    package func house(warehouse: String) -> Receiver? {
        let senders = dispatch.senders
        return (senders.first { $0.warehouse == warehouse } ?? senders.first { $0.warehouse == nil })?.house
    }

    /// The channels of a warehouse for a courier; its first ones where no courier is wanted, or none of the warehouse's
    /// chains is for it. Where no chain fits, the system that the flow asks for waybills; nil where the flow asks for
    /// none.
    package func chain(warehouse: String, courier: String = "") -> DispatchSettings.Chain? {
        let own = dispatch.chains.lazy.filter { $0.warehouse == nil || $0.warehouse == warehouse }
        let wanted = courier.lowercased()
        if !wanted.isEmpty, let chain = own.first(where: { $0.courier.lowercased() == wanted }) { return chain }
        if let chain = own.first { return chain }
        return flow.requests.first { $0.kind == .createWaybill }.map { .init(channels: [$0.system]) }
    }
}
