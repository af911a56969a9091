import Foundation

/// Names that say nothing, and names that are storage.
enum NameRules {
    private static let emptyFolders = ["Utils", "Util", "Utilities", "Common", "Shared", "Helpers", "Misc", "New"]
    private static let emptyEndings = ["Manager", "Helper", "Helpers", "Utils", "Util", "Impl", "New", "Common"]

    /// A folder or a file that is named after nothing in particular.
    static func emptyNames(_ path: String) -> [String] {
        let parts = path.components(separatedBy: "/")
        var found = parts.dropLast().filter { emptyFolders.contains($0) }.map { "\(path): a folder called \($0)" }
        let name = (parts.last ?? "").components(separatedBy: ".")[0]
        if emptyEndings.contains(where: { name.hasSuffix($0) }) { found.append("\(path): a file called \(name)") }
        return found
    }

    /// The storage names of an enumeration: explicit raw texts, or the names of its cases. Nil where it is not there.
    static func rawValues(of enumeration: String, in file: SourceFile) -> [String]? {
        guard let begin = file.code.firstIndex(where: { declares(enumeration, $0) }) else { return nil }
        var depth = 0
        var found: [String] = []
        for index in begin..<file.code.count {
            if depth == 1 { found += cases(of: index, in: file) }
            depth += balance(of: file.code[index])
            if depth == 0, file.code[index].contains("}") { break }
        }
        return found
    }

    private static func declares(_ name: String, _ line: String) -> Bool {
        SourceFile.holds(line, "enum") && SourceFile.holds(line, name)
    }

    private static func balance(of line: String) -> Int {
        line.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "{") ? 1 : $1 == UInt8(ascii: "}") ? -1 : 0) }
    }

    private static func cases(of index: Int, in file: SourceFile) -> [String] {
        let text = file.code[index].trimmingCharacters(in: .whitespaces)
        guard text.hasPrefix("case ") else { return [] }
        var literals = file.literals.filter { $0.line == index + 1 }.map(\.text)
        return text.dropFirst(5).components(separatedBy: ",").map { part in
            if part.contains("="), !literals.isEmpty { return literals.removeFirst() }
            return part.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "`", with: "")
        }
    }
}

/// What is written into databases, and therefore never changes. Each list may only grow.
let storageNames: [(file: String, enumeration: String, names: [String])] = [
    (
        "Sources/HydrantCore/Facts/Fact.swift", "FactKind",
        [
            "order.placed", "line.reported", "payment.reported", "credit.checked", "inventory.locked",
            "inventory.refused", "parcel.packed", "tracking.reported", "waybill.voided", "parcel.handed-over",
            "trace.reported", "signed.reported", "return.asked", "order.cancelled", "order.completed",
            "refund.reported", "revenue.recognised", "receipt.reported", "invoice.issued", "warranty.registered",
            "receiver.changed", "receiver.verified", "status.reported", "hold.placed", "hold.released", "decision.made",
            "touchpoint.sent", "instruction.answered", "timer.fell", "waybill.chosen", "task.asked",
            "task.taken", "task.handed-over", "task.snoozed", "task.resolved",
            "note.written", "ticket.reported", "call.asked", "call.reported",
        ]
    ),
    (
        "Sources/HydrantCore/Order/Instruction.swift", "InstructionKind",
        [
            "replacement.create", "purchase.push",
            "credit.check", "delivery.create", "delivery.cancel", "waybill.create", "trace.query", "invoice.issue",
            "warranty.register", "customer.notify", "waybill.void", "waybill.find", "waybill.readdress",
            "trace.subscribe", "keeper.ask", "delivery.pause", "delivery.resume", "call.place",
            "freight.reprice", "receiver.tell",
        ]
    ),
    (
        "Sources/HydrantCore/Mismatch/Finding.swift", "MismatchKind",
        [
            "paidNotLocked", "packedNotLocked", "shippedWithoutTracking", "twoLiveWaybills", "shippedBeforePaid",
            "cancelledButShipped", "refundedButShipped", "revenueButRefunded", "paymentMismatch", "signedBeforeShipped",
            "signedWithoutTime", "signedWithoutWarranty", "noLines", "systemsDisagree", "waybillInDoubt",
            "returnedToSender",
        ]
    ),
    ("Sources/HydrantCore/Mismatch/Finding.swift", "Verdict", ["wrong", "late", "unknown"]),
    (
        "Sources/HydrantCore/Search/SearchTerm.swift", "Kind",
        ["number-8", "number-6", "phone", "phone-tail", "name", "sku", "customer", "warehouse", "form"]
    ),
    (
        "Sources/HydrantCore/Order/Order.swift", "Completion",
        ["open", "partially-completed", "completed", "cancelled"]
    ),
    (
        "Sources/HydrantCore/Facts/FactContents.swift", "TrackingStatus",
        [
            "picked-up", "in-transit", "out-for-delivery", "stored", "signed", "returning", "returned", "problem",
            "cancelled", "unmapped",
        ]
    ),
    (
        "Sources/HydrantCore/Facts/FactContents.swift", "Touchpoint",
        ["shipped", "signed", "warranty", "out-for-delivery"]
    ), ("Sources/HydrantCore/Facts/FactContents.swift", "RefusalClass", ["data", "channel"]),
    (
        "Sources/HydrantCore/Address/AddressProblem.swift", "AddressProblemKind",
        [
            "division.missing", "city.missing", "district.missing", "road.missing", "number.missing", "contradiction",
            "ambiguous", "renamed", "town.unknown", "person.in-line", "masked", "too-long",
        ]
    ),
    (
        "Sources/HydrantCore/Freight/FreightQuote.swift", "FreightRefusal",
        ["parcel.invalid", "card.none", "zone.none", "weight.too-heavy", "origin.none", "area.none"]
    ),
    (
        "Sources/HydrantStorage/Rows.swift", "InstructionStatus",
        ["waiting", "ambiguous", "done", "refused", "parked"]
    ),
]
