import HydrantCore

/// JD's query replies and pushes.
enum JDTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        let rows = document.array ?? [document]
        if rows.contains(where: { $0["waybillCode"] != nil && $0["category"] != nil }) {
            return TrackTable.collected(
                rows.compactMap { row in
                    guard let scan = JDMapper.scan(row).flatMap({ $0 }) else { return nil }
                    let own = row["orderId"]?.looseText.flatMap(JDMapper.ownNumber.parcel) ?? ""
                    return (row["waybillCode"]?.looseText ?? "", own, scan)
                })
        }
        guard case .success(let data, _)? = JDReply(document.bytes) else { return nil }
        let number = data["waybillCode"]?.looseText ?? data["traceDetails"]?.array?.first?["waybillCode"]?.looseText
        return [
            TrackTable.Parcel(number: number ?? "", ownNumber: "", scans: JDMapper.scans(data), isComplete: true)
        ]
    }
}
