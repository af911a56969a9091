import HydrantConnectorKit
package import HydrantCore

/// Reads what couriers say about parcels, query replies and pushes alike, into the hub's one vocabulary.
package enum TrackTable {
    /// What a document says about one parcel.
    package struct Parcel: Sendable {
        /// The waybill's number; empty where the document does not name it.
        package var number: String
        /// Our own number of it, where the document has one.
        package var ownNumber: String
        /// By the time of the event.
        package var scans: [Scan]
        /// True for a courier's whole list, false for a single push.
        package var isComplete: Bool

        /// Where the parcel is: the status of the last scan that says where; nil before the first.
        package var status: TrackingStatus? {
            let placed = scans.filter { $0.status != .unmapped }
            // What is signed or given back stays so, whatever is reported after it.
            return placed.last { [.signed, .returned].contains($0.status) }?.status ?? placed.last?.status
                ?? scans.last?.status
        }
    }

    typealias Reader = @Sendable (JSON) -> [Parcel]?

    /// The form fields that hold the document where a push comes as a form.
    private static let formFields = ["data", "content", "param", "RequestData"]

    static let readers: [(system: String, read: Reader)] = [
        ("sf", SFTracks.read), ("zto", ZTOTracks.read), ("jd", JDTracks.read), ("yto", YTOTracks.read),
        ("sto", STOTracks.read), ("yunda", YundaTracks.read), ("cainiao", CainiaoTracks.read),
        ("kuaidi100", Kuaidi100Tracks.read), ("kdniao", KDNiaoTracks.read),
    ]

    /// The systems whose documents can be read.
    package static let systems = readers.map(\.system)

    /// Nil when the system is not in the table, or the bytes are no track document of it.
    package static func parcels(system: String, _ bytes: [UInt8]) -> [Parcel]? {
        guard let reader = readers.first(where: { $0.system == system }), let document = document(bytes) else {
            return nil
        }
        return reader.read(document)?.map { parcel in
            var parcel = parcel
            parcel.scans = ScanList.whole(parcel.scans)
            return parcel
        }
    }

    private static func document(_ bytes: [UInt8]) -> JSON? {
        if let document = try? JSON(bytes: bytes) { return document }
        guard let form = formDecoded(bytes) else { return nil }
        let text = formFields.lazy.compactMap { value(of: $0, in: form) }.first
        return text.flatMap { try? JSON(bytes: Array($0.utf8)) }
    }

    /// Pushed scans, one parcel for each number, in the order of their first appearance.
    static func collected(_ scans: [(number: String, ownNumber: String, scan: Scan)]) -> [Parcel] {
        var parcels: [Parcel] = []
        for one in scans {
            if let index = parcels.firstIndex(where: { $0.number == one.number }) {
                parcels[index].scans.append(one.scan)
            } else {
                parcels.append(
                    Parcel(number: one.number, ownNumber: one.ownNumber, scans: [one.scan], isComplete: false))
            }
        }
        return parcels
    }
}
