import HydrantConnectorKit
import HydrantCore

/// From whom to whom a parcel goes: from the house to the customer, and on its way back the other way round.
struct ParcelEnds: Sendable {
    var from: Receiver
    var to: Receiver

    init(_ request: InstructionRequest, house: SenderAddress, customer: Receiver) {
        let house = request.house(or: house)
        (from, to) = request.isWayBack ? (customer, house) : (house, customer)
    }
}

extension SenderAddress {
    fileprivate var person: Receiver {
        Receiver(name: name, phone: phone, province: province, city: city, district: district, address: address)
    }

    /// Whom goods come back to.
    var receiver: Sensitive<Receiver> { Sensitive(person) }
}

extension InstructionRequest {
    /// Whether it is about goods of a return on their way back.
    var isWayBack: Bool { parcel.hasPrefix(Order.wayBackPrefix) }

    /// Who sends the parcel, or gets it back: the warehouse's own address, or else the one of the connector's settings.
    func house(or own: SenderAddress) -> Receiver { house ?? own.person }

    /// What a courier gets as the customer's own number of the parcel.
    var ownNumber: String { order.ownNumber(of: parcel) }

    /// Who pays the courier: where that is the sender of our own parcels, it is the receiver of what comes back.
    func payer<Code: Equatable>(_ code: Code, sender: Code, receiver: Code) -> Code {
        isWayBack && code == sender ? receiver : code
    }

    /// Why a label for goods on their way back cannot be ordered: nobody has said where they are to go.
    func homelessness(_ own: SenderAddress) -> InstructionResult? {
        let house = house(or: own)
        guard isWayBack, [house.name, house.phone, house.address].contains("") else { return nil }
        return .refused(
            detail: "\(instruction.system) has no address to come back to; write it under dispatch: senders",
            class: .channel)
    }
}
