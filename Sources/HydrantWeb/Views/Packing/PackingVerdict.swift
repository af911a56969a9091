import HydrantCore
import HydrantEngine

/// How the parcel on the screen stands, in a few words, and the one thing to do next.
///
/// The answer to a scan and the screen below it take their words from here, so that the page says it once.
struct PackingVerdict {
    var tone: PackingTone
    var state: String
    var next: String

    /// Of the parcel that comes next, or of one that is packed where nothing is left to pack; nil while units are
    /// still to be scanned, since the list says which.
    init?(_ sight: PackSight, _ words: Words) {
        let list = sight.list
        if let packed = Self(packed: list.key.parcel, of: sight.order, words) {
            self = packed
        } else if let obstacle = list.obstacle {
            self.init(Self.tone(of: obstacle), words(obstacle.text), words(obstacle.nextStep))
        } else if sight.work.isComplete(list) {
            let next = list.unboundGifts.isEmpty ? "desk_complete_next" : "desk_gift_bind"
            self.init(.good, words("desk_complete"), words(next))
        } else {
            return nil
        }
    }

    /// Of a parcel that is packed; nil for any other.
    init?(packed id: String, of order: Order, _ words: Words) {
        guard let parcel = order.parcel(id), parcel.packed != nil else { return nil }
        let standing = order.bagStanding
        if standing != .free {
            let state = words("desk_standing_\(standing.rawValue)", ["parcel": id])
            self.init(.wrong, state, words("desk_stopped_next"))
        } else if parcel.handedOver != nil || parcel.signed != nil {
            self.init(.note, words("desk_gone", ["parcel": id]), words("desk_gone_next"))
        } else if order.isNumberless(parcel) {
            self.init(.late, words("desk_packed_no_number"), words("desk_no_number_next"))
        } else {
            self.init(.good, words("desk_packed"), words(Refusal.packing(.packed).nextStep))
        }
    }

    private init(_ tone: PackingTone, _ state: String, _ next: String) {
        self.tone = tone
        self.state = state
        self.next = next
    }

    private static func tone(of obstacle: Refusal) -> PackingTone {
        switch obstacle.code {
        case "packing.notLocked": .late
        case "packing.packed": .note
        default: .wrong
        }
    }

    /// As the screen shows it.
    var bindings: Bindings {
        let shape =
            switch tone {
            case .wrong: ""
            case .late: "soon"
            case .good, .note: "calm"
            }
        return ["state": state, "next": next, "shape": shape, "icon": tone == .note ? "ok" : tone.icon]
    }
}

extension PackingWord {
    /// The answer that is how the parcel stands.
    init(_ verdict: PackingVerdict) {
        self.init(verdict.tone, verdict.state, verdict.next)
        isVerdict = true
    }
}
