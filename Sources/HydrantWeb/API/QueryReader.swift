import Foundation
import Hummingbird
import HummingbirdCore
import HydrantCore

/// Reads the parameters of a query and names the one that is wrong.
struct QueryReader: Sendable {
    private var values: [String: String] = [:]

    /// - Parameter allowed: the names that the route knows; others are left alone.
    init(_ request: Request, allowed: [String]) throws(Problem) {
        for part in (request.uri.query ?? "").split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(halves[0]).removingPercentEncoding, allowed.contains(name) else { continue }
            guard let value = halves.count == 2 ? String(halves[1]).removingPercentEncoding : "" else {
                throw .badParameter(name, "is not percent-encoded UTF-8")
            }
            guard values[name] == nil else { throw .badParameter(name, "is given more than once") }
            guard !value.isEmpty else { throw .badParameter(name, "is empty") }
            values[name] = value
        }
    }

    func text(_ name: String, maximum: Int) throws(Problem) -> String? {
        guard let text = values[name] else { return nil }
        guard text.utf8.count <= maximum else { throw .badParameter(name, "is longer than \(maximum) bytes") }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        guard let text = values[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw .badParameter(name, "must be one of " + type.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number), text == "\(number)" else {
            throw .badParameter(
                name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func time(_ name: String) throws(Problem) -> Instant? {
        guard let text = values[name] else { return nil }
        guard let time = Instant(text: text) else {
            throw .badParameter(name, "must be a time with its zone like 2026-11-11T20:03:11+08:00 (the + as %2B)")
        }
        return time
    }

    func cursor(_ list: PageCursor) throws(Problem) -> Int64 {
        guard let text = values["cursor"] else { return 0 }
        guard let row = list.row(text) else {
            throw .badParameter("cursor", "is not a nextCursor of this list")
        }
        return row
    }

    func limit() throws(Problem) -> Int { try integer("limit", in: 1...200) ?? 50 }
}

/// A decoded part of the path.
func pathText(_ name: String, _ context: HubContext) throws(Problem) -> String {
    guard let raw = context.parameters.get(name), let text = raw.removingPercentEncoding else {
        throw .unreadableRequest("The address is not percent-encoded UTF-8.")
    }
    return text
}
