import HydrantCore
import HydrantStorage

/// Sums over all rows by name, or what one step adds to them.
struct Tallies {
    private(set) var values: [String: Int64] = [:]

    mutating func add(_ count: Int64, _ name: String) { values[name, default: 0] += count }

    /// What an order's row adds; -1 takes back what it was.
    mutating func add(_ count: Int64, state: Int64, completion: String, health: Int64) {
        if completion != Completion.cancelled.rawValue { add(count, "state:\(state)") }
        add(count, "health:\(health)")
    }

    mutating func add(_ count: Int64, _ status: InstructionStatus) { add(count, "instruction:\(status.rawValue)") }

    mutating func add(_ other: Tallies) {
        for (name, count) in other.values { add(count, name) }
    }

    var countsByState: [Int64] { (0..<8).map { values["state:\($0)"] ?? 0 } }

    var healthCounts: [UInt16: Int64] {
        var counts: [UInt16: Int64] = [:]
        for (name, count) in values where name.hasPrefix("health:") && count != 0 {
            if let bits = UInt16(name.dropFirst(7)) { counts[bits] = count }
        }
        return counts
    }

    var instructionCounts: [InstructionStatus: Int64] {
        var counts: [InstructionStatus: Int64] = [:]
        for status in InstructionStatus.allCases {
            if let count = values["instruction:\(status.rawValue)"], count != 0 { counts[status] = count }
        }
        return counts
    }

    var counts: StoreCounts {
        var counts = StoreCounts()
        counts.orders = values["orders"] ?? 0
        counts.events = values["events"] ?? 0
        counts.messages = values["messages"] ?? 0
        counts.parked = values["parked"] ?? 0
        return counts
    }
}
