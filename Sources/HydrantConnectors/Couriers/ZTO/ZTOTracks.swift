import HydrantCore

/// ZTO's query replies and pushes. Their words differ: see ``ZTOWords``.
enum ZTOTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        let pushed = document["data"]?.opened ?? document
        let rows = pushed.array ?? [pushed]
        if rows.contains(where: { $0["action"] != nil }) {
            return TrackTable.collected(
                rows.compactMap { row in ZTOMapper.pushedScan(row).map { ($0.number, "", $0.scan) } })
        }
        guard case .success(let result, _)? = ZTOReply(document.bytes) else { return nil }
        let number = (result.array ?? [result]).lazy.compactMap { $0["billCode"]?.looseText }.first ?? ""
        return [
            TrackTable.Parcel(number: number, ownNumber: "", scans: ZTOMapper.scans(result), isComplete: true)
        ]
    }
}
