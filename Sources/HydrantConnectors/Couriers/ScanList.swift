import HydrantConnectorKit
import HydrantCore

/// What couriers' lists of scans have in common.
enum ScanList {
    /// A courier's whole list: by the time of the event, each scan once, and what is signed after a return began is the
    /// sender getting the parcel back and never the buyer's signature.
    static func whole(_ scans: [Scan]) -> [Scan] {
        var isReturning = false
        var kept: [Scan] = []
        for scan in scans.sorted() where kept.last != scan {
            var scan = scan
            if scan.status == .returning || scan.status == .returned { isReturning = true }
            #if HYDRANT_MUTANTS
                if Mutant.senderSignsForBuyer.isOn { isReturning = false }
            #endif
            if isReturning, scan.status == .signed { scan.status = .returned }
            kept.append(scan)
        }
        return kept
    }

    /// Remarks may name the person who signed, the person who delivered and their phones; none belongs into an event.
    static func withoutPeople(_ remark: String) -> String { shortened(HydrantConnectorKit.withoutPeople(remark)) }
}
