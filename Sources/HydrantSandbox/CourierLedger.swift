import HydrantConnectorKit
import HydrantCore

/// The courier's own book of waybills, by the customer's number of each.
struct CourierLedger: Sendable {
    struct Parcel: Sendable {
        /// The customer's number: the hub's parcel.
        var id: String
        /// All numbers that were ever given; more than one would be a fault of the hub.
        var serials: [UInt32]
        var handedOver: Instant?
        var isCancelled = false
        /// The next route to be reported.
        var nextRoute: UInt8 = 0
        /// How often the hub asked for it.
        var requests = 1
    }

    var parcels: [Parcel] = []
    var index: [String: Int] = [:]
    /// Left the warehouse before the courier knew of them.
    var handedOverEarly: [String: Instant] = [:]
    private var lastSerial: UInt32 = 0

    static func number(_ serial: UInt32) -> String { "SF\(1_380_000_000_000 + Int64(serial))" }

    func number(of parcel: String) -> String? {
        index[parcel].flatMap { parcels[$0].serials.first }.map(Self.number)
    }

    /// A parcel's place in the book, a new one with a new number when it is not there yet.
    mutating func issue(for parcel: String) -> Int {
        if let known = index[parcel] { return known }
        lastSerial += 1
        parcels.append(Parcel(id: parcel, serials: [lastSerial]))
        index[parcel] = parcels.count - 1
        return parcels.count - 1
    }
}

/// One stop on a parcel's way.
struct RouteStop {
    var code: String
    /// Minutes after the stop before, at least and at most.
    var minutes: ClosedRange<Int64>
    var place: String
    var remark: String

    static let delivery: [RouteStop] = [
        RouteStop(code: "50", minutes: 20...90, place: "廊坊市", remark: "顺丰速运 已收取快件"),
        RouteStop(code: "30", minutes: 60...240, place: "廊坊市", remark: "快件在【廊坊中转场】完成分拣，准备发往下一站"),
        RouteStop(code: "36", minutes: 30...180, place: "廊坊市", remark: "快件已发车"),
        RouteStop(code: "31", minutes: 480...1_800, place: "目的地", remark: "快件到达【目的地中转场】"),
        RouteStop(code: "44", minutes: 240...900, place: "目的地", remark: "快件正在派送途中"),
        RouteStop(code: "80", minutes: 30...300, place: "目的地", remark: "已签收，感谢使用顺丰，期待再次为您服务"),
    ]

    static let returning: [RouteStop] =
        delivery.dropLast() + [
            RouteStop(code: "70", minutes: 60...300, place: "目的地", remark: "收方拒收，快件退回寄件方"),
            RouteStop(code: "99", minutes: 120...600, place: "目的地", remark: "应客户要求，快件正在转寄中"),
            RouteStop(code: "80", minutes: 1_200...2_400, place: "廊坊市", remark: "已签收，感谢使用顺丰，期待再次为您服务"),
        ]
}
