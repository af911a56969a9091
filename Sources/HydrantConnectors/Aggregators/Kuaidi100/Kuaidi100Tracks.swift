import HydrantCore

/// Kuaidi100's query replies and pushes: both hold the whole list.
enum Kuaidi100Tracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        let result = document["lastResult"] ?? document
        guard result["data"] != nil, result["nu"] != nil else { return nil }
        let trace = Kuaidi100Mapper.trace(result, parcel: "")
        return [TrackTable.Parcel(number: trace.number, ownNumber: "", scans: trace.scans, isComplete: true)]
    }
}
