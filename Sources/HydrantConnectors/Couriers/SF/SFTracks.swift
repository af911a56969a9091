import HydrantCore

/// SF's route replies, in both of their envelopes, and route pushes.
enum SFTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        if let rows = document["Body"]?["WaybillRoute"]?.array {
            return TrackTable.collected(
                rows.compactMap { row in
                    guard let scan = SFMapper.scan(row) else { return nil }
                    return (row["mailno"]?.looseText ?? "", row["orderid"]?.looseText ?? "", scan)
                })
        }
        var content: JSON? = document
        if case .success(let opened)? = SFReply(document.bytes) { content = opened }
        guard let replies = (content?["routeResps"] ?? content?["msgData"]?.opened?["routeResps"])?.array else {
            return nil
        }
        return replies.map { reply in
            TrackTable.Parcel(
                number: reply["mailNo"]?.looseText ?? "", ownNumber: "", scans: SFMapper.scans(reply),
                isComplete: true)
        }
    }
}
