import HydrantCore
import Testing

/// Each document that is not a fact is refused with the place and what is allowed there.
@Suite struct FactRefusalTests {
    private static func problem(of text: String) -> FactProblem? {
        do {
            _ = try Fact(json: JSON(text: text), receivedAt: Instant(milliseconds: 0))
            return nil
        } catch {
            return error as? FactProblem
        }
    }

    private static func problem(kind: String, data: String) -> FactProblem? {
        problem(of: #"{"kind":"\#(kind)","source":"s","id":"1","order":"o","data":\#(data)}"#)
    }

    private static let timeHint =
        "must be a time with its zone like 2026-11-11T20:03:11+08:00, or milliseconds since 1970 as a whole number,"
        + " from 1970 to 9999"

    @Test(arguments: [
        ("[]", "", "must be an object, is a list"),
        ("{}", "kind", "is required"),
        (#"{"kind":"x.y"}"#, "kind", "must be one of order.placed, line.reported"),
        (#"{"kind":7}"#, "kind", "must be text, is a number"),
        (#"{"kind":"order.completed"}"#, "source", "is required and must be text"),
        (#"{"kind":"order.completed","source":""}"#, "source", "is required and must be text"),
        (#"{"kind":"order.completed","source":"s","id":1}"#, "id", "must be text, is a number"),
        (#"{"kind":"order.completed","source":"s","id":"1"}"#, "order", "is required and must be text"),
        (#"{"kind":"order.completed","source":"s","id":"1","order":"o","word":[]}"#, "word", "must be text, is a list"),
        (
            #"{"kind":"order.completed","source":"s","id":"1","order":"o","occurredAt":"2026-11-11T20:03:11"}"#,
            "occurredAt", timeHint
        ),
        (#"{"kind":"order.completed","source":"s","id":"1","order":"o","occurredAt":-1}"#, "occurredAt", timeHint),
        (#"{"kind":"order.completed","source":"s","id":"1","order":"o","occurredAt":1.5}"#, "occurredAt", timeHint),
        (
            #"{"kind":"order.completed","source":"s","id":"1","order":"o","receivedAt":253402300800000}"#, "receivedAt",
            timeHint
        ),
        (
            #"{"kind":"line.reported","source":"s","id":"1","order":"o","data":[]}"#, "data",
            "must be an object, is a list"
        ),
    ])
    func `the envelope of a fact`(text: String, path: String, message: String) {
        let problem = Self.problem(of: text)
        #expect(problem?.path == path)
        #expect(problem?.message.hasPrefix(message) == true, "\(problem?.message ?? "accepted")")
    }

    @Test(arguments: [
        ("order.placed", #"{"payableMinor":-1}"#, "data.payableMinor", "must be from 0 to 1000000000000, is -1"),
        ("order.placed", #"{"payableMinor":"1"}"#, "data.payableMinor", "must be a whole number, is text"),
        ("order.placed", #"{"payableMinor":1.5}"#, "data.payableMinor", "must be a whole number, is a number"),
        ("order.placed", #"{"currency":"EURO"}"#, "data.currency", "is longer than 3 bytes"),
        ("order.placed", #"{"lines":{}}"#, "data.lines", "must be a list, is an object"),
        (
            "order.placed", #"{"lines":[{"id":"1","sku":"A"},{"id":"2"}]}"#, "data.lines[1].sku",
            "is required and must be text"
        ),
        ("order.placed", #"{"lines":[3]}"#, "data.lines[0]", "must be an object, is a number"),
        ("order.placed", #"{"receiver":"张三"}"#, "data.receiver", "must be an object, is text"),
        ("order.placed", #"{"receiver":{"id":"1"}}"#, "data.receiver.fingerprint", "is required and must be text"),
        ("line.reported", #"{"sku":"A"}"#, "data.id", "is required and must be text"),
        ("line.reported", #"{"id":"1","sku":"A","units":0}"#, "data.units", "must be from 1 to 1000000, is 0"),
        ("line.reported", #"{"id":"1","sku":"A","gift":1}"#, "data.gift", "must be true or false, is a number"),
        ("payment.reported", #"{"amountMinor":1}"#, "data.id", "is required and must be text"),
        ("refund.reported", #"{"id":"1"}"#, "data.amountMinor", "is required and must be a whole number"),
        ("revenue.recognised", #"{"id":"1"}"#, "data.amountMinor", "is required and must be a whole number"),
        ("receipt.reported", #"{"id":"1"}"#, "data.amountMinor", "is required and must be a whole number"),
        ("invoice.issued", #"{"id":"1"}"#, "data.amountMinor", "is required and must be a whole number"),
        (
            "credit.checked", #"{"returnRatePermille":1001}"#, "data.returnRatePermille",
            "must be from 0 to 1000, is 1001"
        ),
        ("inventory.locked", #"{"frozenSKUs":"A"}"#, "data.frozenSKUs", "must be a list of at most 500 texts"),
        ("inventory.locked", #"{"frozenSKUs":[1]}"#, "data.frozenSKUs", "must be a list of texts"),
        ("parcel.packed", #"{}"#, "data.parcel", "is required and must be text"),
        (
            "parcel.packed", #"{"parcel":"1","items":[{"line":"1"}]}"#, "data.items[0].units",
            "is required and must be a whole number"
        ),
        (
            "return.asked", #"{"lines":[{"line":"1"}]}"#, "data.lines[0].units",
            "is required and must be a whole number"
        ),
        (
            "return.asked", #"{"lines":[{"line":"1","units":0}]}"#, "data.lines[0].units",
            "must be from 1 to 1000000, is 0"
        ),
        ("tracking.reported", #"{"number":"1"}"#, "data.parcel", "is required and must be text"),
        ("waybill.voided", #"{"parcel":"1"}"#, "data.number", "is required and must be text"),
        ("parcel.handed-over", #"{}"#, "data.parcel", "is required and must be text"),
        ("signed.reported", #"{}"#, "data.parcel", "is required and must be text"),
    ])
    func `the members of early facts`(kind: String, data: String, path: String, message: String) {
        let problem = Self.problem(kind: kind, data: data)
        #expect(problem?.path == path)
        // What a number counts is said behind it.
        #expect(problem?.message.split(separator: ";").first.map(String.init) == message)
    }

    @Test(arguments: [
        ("order.placed", #"{"payableMinor":129.5}"#, "in fen (minor units): 129.00 yuan is 12900"),
        ("refund.reported", #"{"id":"1"}"#, "in fen (minor units): 129.00 yuan is 12900"),
        ("payment.reported", #"{"id":"1","amountMinor":-1}"#, "in fen (minor units): 129.00 yuan is 12900"),
        ("line.reported", #"{"id":"1","sku":"A","units":0}"#, "in pieces: 2 for two of the article"),
        ("line.reported", #"{"id":"1","sku":"A","weightGrams":0}"#, "in grams: 1.25 kg is 1250"),
    ])
    func `a wrong number is told what it counts`(kind: String, data: String, unit: String) {
        #expect(Self.problem(kind: kind, data: data)?.message.hasSuffix("; " + unit) == true)
    }

    @Test(arguments: [
        (
            "trace.reported", #"{"parcel":"1","scans":[{"status":"signed"}]}"#, "data.scans[0].at",
            "is required; \(timeHint)"
        ),
        ("warranty.registered", "{}", "data.until", "is required; \(timeHint)"),
        ("receiver.changed", "{}", "data.receiver", "is required and must be an object"),
        ("receiver.verified", "{}", "data.fingerprint", "is required and must be text"),
        ("hold.released", "{}", "data.id", "is required and must be text"),
        ("decision.made", #"{"person":"li"}"#, "data.cause", "is required and must be text"),
        (
            "decision.made", #"{"person":"li","cause":"x","minutes":10001}"#, "data.minutes",
            "must be from 0 to 10000, is 10001"
        ),
        (
            "touchpoint.sent", #"{"kind":"sms"}"#, "data.kind",
            "must be one of shipped, signed, warranty, out-for-delivery"
        ),
        ("instruction.answered", #"{"key":"k","instruction":"x"}"#, "data.instruction", instructionHint),
        (
            "instruction.answered", #"{"key":"k","instruction":"credit.check","outcome":"x"}"#, "data.outcome",
            "must be one of done, refused, unresolved"
        ),
        ("timer.fell", "{}", "data.id", "is required and must be text"),
        ("hold.placed", #"{"id":"1","reason":"r","owner":"o"}"#, "data.until", holdHint),
        ("hold.placed", #"{"id":"1","reason":"r","owner":"o","until":5,"untilPerson":true}"#, "data.until", holdHint),
        ("hold.placed", #"{"id":"1","owner":"o","untilPerson":true}"#, "data.reason", "is required and must be text"),
    ])
    func `the members of later facts`(kind: String, data: String, path: String, message: String) {
        #expect(Self.problem(kind: kind, data: data) == FactProblem(path: path, message: message))
    }

    private static let instructionHint =
        "must be one of " + InstructionKind.allCases.map(\.rawValue).joined(separator: ", ")
    private static let holdHint =
        "a hold needs exactly one exit: until (a time), untilFact (a fact's kind) or untilPerson: true"

    @Test func `an unknown status of a scan names the scan and every status that is allowed`() {
        let data = #"{"parcel":"1","scans":[{"at":1,"status":"signed"},{"at":1,"status":"delivered"}]}"#
        let allowed = TrackingStatus.allCases.map(\.rawValue).joined(separator: ", ")
        #expect(
            Self.problem(kind: "trace.reported", data: data)
                == FactProblem(path: "data.scans[1].status", message: "must be one of \(allowed)"))
    }

    @Test func `lists and texts have limits`() {
        let items = Array(repeating: #"{"id":"1","sku":"A"}"#, count: 501).joined(separator: ",")
        #expect(
            Self.problem(kind: "order.placed", data: #"{"lines":[\#(items)]}"#)
                == FactProblem(path: "data.lines", message: "has more than 500 items"))
        let long = String(repeating: "中", count: 34)
        #expect(
            Self.problem(kind: "parcel.handed-over", data: #"{"parcel":"\#(long)"}"#)
                == FactProblem(path: "data.parcel", message: "is longer than 100 bytes"))
    }

    @Test(arguments: [
        (#"{"event":"x","recordedAt":1}"#, "event"), (#"{"event":"state.reached"}"#, "recordedAt"),
        (#"{"event":"state.reached","recordedAt":1}"#, "content"),
        (#"{"event":"state.reached","recordedAt":1,"content":{"number":8}}"#, "content.number"),
        (#"{"event":"instruction.issued","recordedAt":1,"content":{"key":"k"}}"#, "content.kind"),
        (#"{"event":"fact.recorded","recordedAt":1}"#, ""), ("3", ""),
        (#"{"event":"state.reached","recordedAt":1,"content":{"number":1,"at":1},"order":"o","number":0}"#, "number"),
    ])
    func `what is not an event is refused with its place`(text: String, path: String) {
        var found: FactProblem?
        do { _ = try Event(json: JSON(text: text)) } catch { found = error as? FactProblem }
        #expect(found?.path == path)
    }
}
