import HydrantCore
import HydrantEngine
import HydrantStorage

// What must never be so, compared with the couriers' books.

extension FallbackStory {
    private mutating func note(_ rule: String, _ sentence: String) {
        guard violations.count < 20 else { return }
        violations.append("\(rule): at \((now - Self.begin) / 1_000) s: \(sentence)")
    }

    /// After every step: each packed parcel is in exactly one set, and the set is the one that its waybills say.
    mutating func inspect() {
        let packed = order.parcels.filter { $0.packed != nil }
        guard !packed.isEmpty else { return }
        let standings = order.parcelStandings(settings, now: now)
        for parcel in packed {
            let own = standings.filter { $0.parcel == parcel.id }
            guard own.count == 1, let standing = own.first else {
                note("in-exactly-one-set", "\(parcel.id) is in \(own.count)")
                continue
            }
            let hasNumber = order.liveWaybill(of: parcel) != nil
            if hasNumber != (standing.set == .numberReadBack) {
                note("sets-are-true", "\(parcel.id) is in \(standing.set.rawValue), its number: \(hasNumber)")
            }
        }
        for parcel in packed {
            let rest = parcel.waybills.filter { $0.voided == nil }
            if !parcel.waybills.isEmpty, rest.isEmpty { note("one-remains", "all of \(parcel.id) were taken back") }
        }
    }

    /// At the end, when nothing moves any more.
    mutating func audit() {
        let findings = order.findings(settings: settings, now: now)
        let isShown = findings.contains { $0.kind == .twoLiveWaybills || $0.kind == .waybillInDoubt }
        for parcel in order.parcels {
            let live = world.live(parcel.id)
            let isHeld = order.standingHolds.contains { $0.id == "waybills-\(parcel.id)" }
            if live.count > 1, !isShown, !isHeld {
                note(
                    "no-two-live-waybills",
                    "\(parcel.id) has \(live.map(\.number)) outside, known \(parcel.waybills.map(\.number))")
            }
            if live.isEmpty, !world.all(parcel.id).isEmpty { note("one-remains", "\(parcel.id) has none outside") }
            for waybill in parcel.waybills
            where waybill.voided != nil && live.contains(where: { $0.number == waybill.number }) {
                note("voided-is-voided", "\(waybill.number) lives outside")
            }
            if let counts = order.liveWaybill(of: parcel), !live.contains(where: { $0.number == counts.number }) {
                note("live-is-live", "\(counts.number) is not live outside")
            }
            if let label = world.labels[parcel.id], !live.contains(where: { $0.number == label }) {
                note("the-label-stays-good", "\(label) was taken back after it was collected")
            }
            let isFindable = live.contains { world.traits[$0.channel]?.canFind == true }
            if isFindable, order.isNumberless(parcel), !isShown { note("numbers-are-found", "\(parcel.id) has none") }
        }
        for row in rows.values where row.status == .waiting || row.status == .ambiguous {
            note("instructions-end", "\(row.instruction.key) lies around")
        }
    }

    /// How many waybills were one too many, and how many of them were taken back.
    var superseded: (all: Int, voided: Int) {
        var all = 0
        var voided = 0
        for parcel in order.parcels {
            let waybills = world.all(parcel.id)
            all += max(0, waybills.count - 1)
            voided += waybills.count { $0.isVoided }
        }
        return (all, voided)
    }
}
