package import HydrantCore

/// A label on its way to a printer.
package struct PrintJob: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case waiting
        case done
        /// Given up; somebody has to look at the printer and ask for the label again.
        case failed
    }

    /// The step of the bag, or the print of the paper, that asked for it.
    package var id: String
    /// The code of the bag or the paper.
    package var bag: BagCode
    package var isPaper = false
    package var template: String
    package var printer: DeskSettings.Printer
    package var person: String
    package var askedAt: Instant
    package var state = State.waiting
    package var attempts = 0
    /// When it is tried next, or whoever tries it now must have ended.
    package var dueAt: Instant
    /// Why the last attempt failed; nil where none did.
    package var trouble: PrintTrouble?
    /// How many sheets of the label the printer has.
    package var sheets = 0
    /// Which label they are of: a bag may have changed since.
    private var label = ""

    /// It is tried so often before somebody has to look.
    package static let attemptsMaximum = 10

    init(
        id: String, bag: BagCode, template: String, printer: DeskSettings.Printer, person: String, askedAt: Instant
    ) {
        self.id = id
        self.bag = bag
        self.template = template
        self.printer = printer
        self.person = person
        self.askedAt = askedAt
        dueAt = Instant(milliseconds: 0)
    }

    /// How long after an attempt the next one follows: 0.5 s, doubled up to a minute.
    static func pause(after attempts: Int) -> Milliseconds { min(500 << min(attempts, 10), .minutes(1)) }

    /// A label with such a keyed hash is sent from now on; of another one nothing was sent yet.
    mutating func begin(_ hash: UInt64) {
        let name = String(hash, radix: 16)
        if name != label { sheets = 0 }
        label = name
    }

    var json: JSON {
        [
            "id": .string(id), "bag": .string(bag.text), "paper": .bool(isPaper), "template": .string(template),
            "warehouse": .string(printer.warehouse), "address": .string(printer.address),
            "language": .string(printer.language), "dotsPerInch": .integer(Int64(printer.dotsPerInch)),
            "by": .string(person), "askedAt": .integer(askedAt.milliseconds), "state": .string(state.rawValue),
            "attempts": .integer(Int64(attempts)), "dueAt": .integer(dueAt.milliseconds),
            "trouble": .string(trouble?.rawValue ?? ""), "sheets": .integer(Int64(sheets)), "label": .string(label),
        ]
    }

    init?(json: JSON) {
        guard let id = json["id"]?.string, let bag = json["bag"]?.string.flatMap({ BagCode($0) }),
            let template = json["template"]?.string, let address = json["address"]?.string,
            let asked = json["askedAt"]?.integer, let due = json["dueAt"]?.integer,
            let state = json["state"]?.string.flatMap(State.init(rawValue:))
        else { return nil }
        self.init(
            id: id, bag: bag, template: template,
            printer: DeskSettings.Printer(
                warehouse: json["warehouse"]?.string ?? "", address: address,
                language: json["language"]?.string ?? "zpl", dotsPerInch: Int(json["dotsPerInch"]?.integer ?? 203)),
            person: json["by"]?.string ?? "", askedAt: Instant(milliseconds: asked))
        isPaper = json["paper"]?.bool ?? false
        self.state = state
        attempts = Int(json["attempts"]?.integer ?? 0)
        dueAt = Instant(milliseconds: due)
        trouble = json["trouble"]?.string.flatMap(PrintTrouble.init(rawValue:))
        sheets = max(0, Int(json["sheets"]?.integer ?? 0))
        label = json["label"]?.string ?? ""
    }
}
