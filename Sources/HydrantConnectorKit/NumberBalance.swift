package import HydrantCore

/// A channel that sells waybill numbers in advance and can be asked how many are left. Running out is foreseeable.
package protocol NumberStock: Sendable {
    var system: String { get }

    func numbersLeft(now: Instant) async -> NumberBalance
}

/// How many waybill numbers are left.
package enum NumberBalance: Hashable, Sendable {
    case left(Int64)
    /// The channel did not say; why, in its words or ours.
    case unknown(String)
}
