import HydrantCore

/// Yunda's query replies.
enum YundaTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        guard case .success(let data, _)? = YundaReply(document.bytes) else {
            return document["steps"] == nil ? nil : [parcel(document)]
        }
        return [parcel(data)]
    }

    private static func parcel(_ data: JSON) -> TrackTable.Parcel {
        TrackTable.Parcel(
            number: data["mailno"]?.looseText ?? "", ownNumber: "", scans: YundaMapper.scans(data), isComplete: true)
    }
}
