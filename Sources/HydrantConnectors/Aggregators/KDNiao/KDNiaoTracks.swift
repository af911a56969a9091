import HydrantCore

/// KDNiao's query replies and pushes.
enum KDNiaoTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        let pushed = document["Data"]?.array
        let entries = pushed ?? (document["Traces"] == nil ? [] : [document])
        guard !entries.isEmpty else { return nil }
        return entries.map { entry in
            let trace = KDNiaoMapper.trace(entry, parcel: "", isComplete: pushed == nil)
            return TrackTable.Parcel(
                number: trace.number, ownNumber: entry["OrderCode"]?.looseText ?? "", scans: trace.scans,
                isComplete: trace.isComplete)
        }
    }
}
