import HydrantCore

/// The warehouse's own book of delivery orders.
struct WarehouseLedger: Sendable {
    struct Line: Sendable {
        var number: String
        var sku: String
        var units: Int
        var isGift: Bool
    }

    /// The next thing that happens to a delivery order.
    enum Step: UInt8, Sendable {
        case accept
        case pick
        case pack
        case weigh
        case deliver
        case finished
    }

    struct Delivery: Sendable {
        var number: String
        var warehouse: String
        var lines: [Line]
        var next = Step.accept
        var isPaused = false
        var isCancelled = false
        var wasRefused = false
        /// Somebody brought the goods from elsewhere.
        var isRestocked = false
        /// How often the hub asked for it; it exists once all the same.
        var requests = 1
        /// How often the warehouse looked in vain for the courier's number.
        var waits: UInt16 = 0

        var isPacked: Bool { next.rawValue > Step.pack.rawValue }

        /// The word of the last step that happened.
        var status: String {
            if isCancelled { return "CANCELED" }
            return switch next {
            case .accept: wasRefused ? "EXCEPTION" : "NEW"
            case .pick, .pack: "ACCEPT"
            case .weigh, .deliver: "PACKAGE"
            case .finished: "DELIVERED"
            }
        }
    }

    var deliveries: [Delivery] = []
    var index: [String: Int] = [:]
}
