import HydrantCore

/// Cainiao's trace replies.
enum CainiaoTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        guard case .success(let reply)? = CainiaoReply(document.bytes), reply["fullTraceDetail"] != nil else {
            return nil
        }
        let trace = CainiaoMapper.trace(reply, parcel: "", number: reply["mailNo"]?.looseText ?? "")
        return [TrackTable.Parcel(number: trace.number, ownNumber: "", scans: trace.scans, isComplete: true)]
    }
}
