import HydrantCore
import HydrantEngine

extension PackingStation {
    /// Prints the waybill or the packing slip of the parcel that is shown.
    func printPaper(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        guard let kind = PaperKind(rawValue: event.text), kind.isOfParcel,
            let found = try await desk.paper(kind, of: event.key, for: person)
        else {
            var named = event
            named.text = event.order
            return try await unknown(named)
        }
        let sight = try await look(event).marking(event.key)
        guard desk.canPrint else { return (PackingWord(.late, words("desk_no_press")), sight) }
        let printer = event.isForPrinter ? try await desk.settings().printer(of: found.paper.warehouse) : nil
        if event.isForPrinter, printer == nil {
            return (PackingWord(.late, words("desk_no_printer"), words("desk_no_printer_next")), sight)
        }
        let command = PaperCommand(
            id: event.id, person: person, at: event.at, reason: event.reason, printer: printer)
        let (paper, refusal) = try await desk.printPaper(found.paper, command)
        if let refusal { return (PackingWord(refusal, words), sight) }
        var word = PackingWord(.good, words("desk_done_print"), words("paper_\(keyPart(kind.rawValue))"))
        if printer == nil {
            word.text = words("desk_done_pdf")
            word.opens = address("/papers/\(paper.code)", [("print", event.id)])
        }
        return (word, sight)
    }
}

extension PackingSight {
    /// A bag with a parcel's place marked.
    fileprivate func marking(_ key: ParcelKey) -> PackingSight {
        guard case .bag(let bag, _) = self else { return self }
        return .bag(bag, place: bag.place(key)?.number)
    }

    /// The parcel that is being worked on.
    var parcel: ParcelKey? {
        switch self {
        case .nothing, .choose: nil
        case .pack(let sight): sight.list.key
        case .bag(let bag, let place): bag.meant.first { $0.number == place }?.key
        }
    }
}
