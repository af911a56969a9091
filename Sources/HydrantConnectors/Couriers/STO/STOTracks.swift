import HydrantCore

/// STO's query replies, by waybill, and pushes.
enum STOTracks {
    static func read(_ document: JSON) -> [TrackTable.Parcel]? {
        let rows = document.array ?? [document]
        if rows.contains(where: { $0["trace"] != nil }) {
            return TrackTable.collected(
                rows.compactMap { row in
                    guard let number = row["waybillNo"]?.looseText,
                        let scan = row["trace"]?.opened.flatMap(STOMapper.scan)
                    else { return nil }
                    return (number, row["linkCode"]?.looseText.flatMap(STOMapper.ownNumber.parcel) ?? "", scan)
                })
        }
        guard case .success(let data, _)? = STOReply(document.bytes) else { return nil }
        if let lists = data.members?.filter({ $0.value.array != nil }), !lists.isEmpty {
            return lists.map { list in
                TrackTable.Parcel(
                    number: list.name, ownNumber: "", scans: STOMapper.scans(list.value, number: ""), isComplete: true)
            }
        }
        let number = data.array?.first?["waybillNo"]?.looseText ?? ""
        return [
            TrackTable.Parcel(
                number: number, ownNumber: "", scans: STOMapper.scans(data, number: number), isComplete: true)
        ]
    }
}
