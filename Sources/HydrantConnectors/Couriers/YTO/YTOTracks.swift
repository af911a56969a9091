import HydrantCore

/// YTO's query replies: a list, or an object where there are no routes.
enum YTOTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        guard case .success(let reply, _)? = YTOReply(document.bytes) else { return nil }
        let rows = reply.array ?? reply["data"]?.array ?? []
        let number = rows.lazy.compactMap { $0["waybill_No"]?.looseText }.first ?? ""
        return [TrackTable.Parcel(number: number, ownNumber: "", scans: YTOMapper.scans(reply), isComplete: true)]
    }
}
