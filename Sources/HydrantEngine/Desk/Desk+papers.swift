package import HydrantCore
import HydrantStorage

/// A paper with what can be done with it now.
package struct PaperSight: Sendable {
    package var paper: Paper
    /// Why it must not be printed now; nil when it may.
    package var obstacle: Refusal?
    /// What became of the prints that went to a printer, by their ids.
    package var jobs: [String: PrintJob] = [:]
    /// The number of its parcel; empty where there is none.
    package var number = ""
}

/// Somebody wants a paper printed.
package struct PaperCommand: Hashable, Sendable {
    /// The same id is the same print, however often it is sent.
    package var id: String
    package var person: DeskPerson
    package var at: Instant
    package var reason: String
    /// Where it goes; nil to the person's browser.
    package var printer: DeskSettings.Printer?

    package init(
        id: String, person: DeskPerson, at: Instant, reason: String, printer: DeskSettings.Printer? = nil
    ) {
        self.id = id
        self.person = person
        self.at = at
        self.reason = reason
        self.printer = printer
    }
}

extension Desk {
    // MARK: - Finding

    /// A paper of a parcel, or of an order where the key names no parcel.
    ///
    /// - Returns: nil where no fact named the order or the parcel, or where they are another warehouse's.
    package func paper(_ kind: PaperKind, of key: ParcelKey, for person: DeskPerson) async throws -> PaperSight? {
        guard let order = try await hub.committer.order(key.order) else { return nil }
        let isThere = kind.isOfParcel ? order.knowsParcel(key.parcel) : kind == .returnSlip && key.parcel.isEmpty
        guard isThere, maySee(kind, key.parcel, of: order, person) else { return nil }
        let fresh = Paper(
            code: BagCode(bits: 0), kind: kind, warehouse: Self.warehouse(of: kind, key.parcel, order), key: key)
        return try await sights(of: [fresh]) { order.obstacle(toPrint: $0.kind, of: $0.parcel) }.first
    }

    /// Every paper of an order that the person may print or is told why not.
    package func papers(of order: Order, for person: DeskPerson) async throws -> [PaperSight] {
        var wanted: [(PaperKind, String)] = []
        for parcel in order.parcels { wanted += [(.waybill, parcel.id), (.packingSlip, parcel.id)] }
        wanted += order.wayBackLabels.map { (.waybill, $0) }
        wanted.append((.returnSlip, ""))
        let papers = wanted.filter { maySee($0.0, $0.1, of: order, person) }.map { kind, parcel in
            Paper(
                code: BagCode(bits: 0), kind: kind, warehouse: Self.warehouse(of: kind, parcel, order),
                key: ParcelKey(order: order.number, parcel: parcel))
        }
        return try await sights(of: papers) { order.obstacle(toPrint: $0.kind, of: $0.parcel) }.map { sight in
            var sight = sight
            sight.number = order.parcel(sight.paper.parcel).flatMap { order.liveWaybill(of: $0)?.number } ?? ""
            return sight
        }
    }

    /// The picking list of a wave.
    package func pickingList(_ wave: PickWave, for person: DeskPerson) async throws -> PaperSight? {
        guard person.maySee(wave.warehouse) else { return nil }
        return try await sights(of: [Paper(code: BagCode(bits: 0), wave: wave)]) { _ in nil }.first
    }

    /// The paper that a code stands on; nil where none was printed with it, or where it is another warehouse's.
    package func paper(_ code: BagCode, for person: DeskPerson) async throws -> Paper? {
        guard let paper = try await paper(code) else { return nil }
        if paper.kind == .pickingList { return person.maySee(paper.warehouse) ? paper : nil }
        guard let order = try await hub.committer.order(paper.order) else { return nil }
        return maySee(paper.kind, paper.parcel, of: order, person) ? paper : nil
    }

    func paper(_ code: BagCode) async throws -> Paper? {
        try await hub.store.read { reader in
            try reader.record(Collection.papers.rawValue, code.text).map { try Self.paper($0) }
        }
    }

    private func maySee(_ kind: PaperKind, _ parcel: String, of order: Order, _ person: DeskPerson) -> Bool {
        guard kind.isOfParcel else {
            return SearchScope(mayFindPeople: false, warehouses: person.warehouses).sees(order)
        }
        return person.maySee(order.warehouse(of: parcel))
    }

    private static func warehouse(of kind: PaperKind, _ parcel: String, _ order: Order) -> String {
        let planned = order.warehouse(of: parcel)
        return planned.isEmpty && !kind.isOfParcel ? order.warehouses.min() ?? "" : planned
    }

    private func sights(of papers: [Paper], _ obstacle: (Paper) -> Refusal?) async throws -> [PaperSight] {
        let keyring = hub.keyring
        let found = try await hub.store.read { reader in
            try papers.map { fresh in
                let paper = try Self.stored(fresh, reader, keyring).paper
                return PaperSight(paper: paper, jobs: try Self.jobs(paper.prints.map(\.id), reader))
            }
        }
        return found.map { sight in
            var sight = sight
            sight.obstacle = obstacle(sight.paper)
            return sight
        }
    }

    /// A paper as it was printed until now, under its own code; another thing's code is not taken.
    private static func stored(
        _ fresh: Paper, _ reader: any StoreReader, _ keyring: Keyring
    ) throws -> (paper: Paper, version: Int64) {
        for salt in 0..<16 {
            let name = keyring.fingerprint("paper:\(salt):\(fresh.identity)")
            let code = BagCode(bits: UInt64(name.prefix(10), radix: 16) ?? fnv1a(Array(name.utf8)))
            if let record = try reader.record(Collection.papers.rawValue, code.text) {
                let paper = try paper(record)
                if paper.identity == fresh.identity { return (paper, record.version) }
                continue
            }
            let isBag = try [Collection.live, .done].contains { try reader.record($0.rawValue, code.text) != nil }
            guard !isBag else { continue }
            var paper = fresh
            paper.code = code
            return (paper, 0)
        }
        throw StoreFailure(.conflict)
    }

    private static func paper(_ record: StoredRecord) throws -> Paper {
        guard let paper = Paper(json: try JSON(bytes: record.body)) else {
            throw StoreFailure(
                .corrupt, message: "The document of a printed paper cannot be read.",
                advice: "Run hydrant verify, and restore a backup.")
        }
        return paper
    }

    // MARK: - Printing

    /// Counts a print and, where it goes to a printer, puts it into the queue.
    ///
    /// - Returns: the paper with its prints, and why it is not printed.
    package func printPaper(_ fresh: Paper, _ command: PaperCommand) async throws -> (paper: Paper, refusal: Refusal?) {
        let keyring = hub.keyring
        for _ in 0..<8 {
            let (paper, version) = try await hub.store.read { try Self.stored(fresh, $0, keyring) }
            if paper.hasPrinted(command.id) { return (paper, nil) }
            if let refusal = try await obstacle(to: paper) { return (paper, refusal) }
            var after = paper
            do throws(Refusal) {
                try after.recordPrint(
                    id: command.id, at: command.at, person: command.person.name, reason: command.reason,
                    isForPrinter: command.printer != nil)
            } catch {
                return (paper, error)
            }
            guard try await write(after, version, command) else { continue }
            if command.printer != nil { hub.printing.ring() }
            return (after, nil)
        }
        throw StoreFailure(.conflict)
    }

    private func write(_ paper: Paper, _ version: Int64, _ command: PaperCommand) async throws -> Bool {
        let now = now
        let keyring = hub.keyring
        return try await hub.store.transaction { transaction in
            let record = StoredRecord(
                collection: Collection.papers.rawValue, key: paper.code.text, version: version + 1,
                body: paper.json.bytes, changedAt: now)
            guard try transaction.put(record, ifVersion: version) else { return false }
            if let printer = command.printer {
                var job = PrintJob(
                    id: command.id, bag: paper.code, template: paper.kind.template(forPrinter: true),
                    printer: printer, person: command.person.name, askedAt: now)
                job.isPaper = true
                let waiting = StoredRecord(
                    collection: Collection.jobs.rawValue, key: job.id, body: job.json.bytes, changedAt: now)
                _ = try transaction.put(waiting, ifVersion: 0)
            }
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: command.person.actor, action: "paper.printed",
                    object: paper.kind == .pickingList ? "wave:\(paper.warehouse)" : "order:\(paper.order)",
                    reason: paper.prints.last?.reason ?? "",
                    detail: [
                        "kind": .string(paper.kind.rawValue), "parcel": .string(paper.parcel),
                        "code": .string(paper.code.text), "number": .integer(Int64(paper.prints.count)),
                        "printer": .bool(command.printer != nil),
                    ]), keyring)
            return true
        }
    }

    /// Why a paper must not be printed now; nil when it may.
    package func obstacle(to paper: Paper) async throws -> Refusal? {
        guard paper.kind == .pickingList else {
            return try await hub.committer.order(paper.order)?.obstacle(toPrint: paper.kind, of: paper.parcel)
        }
        for number in paper.orders {
            if let order = try await hub.committer.order(number), order.packList.obstacle == nil { return nil }
        }
        return .paper(.nothingToPick)
    }

    // MARK: - Drawing

    /// A paper as it shows its orders now. Receivers are masked when it is rendered.
    func label(of paper: Paper) async throws -> LabelBag {
        var label = LabelBag(code: paper.code, orders: [])
        label.warehouse = paper.warehouse
        label.departsAt = now
        for number in paper.orders {
            guard let order = try await hub.committer.order(number) else { continue }
            label.orders.append(
                paper.kind == .pickingList
                    ? Self.picked(order) : try await written(order, paper))
            guard paper.kind.isOfParcel, let parcel = order.parcel(paper.parcel) else { continue }
            let waybill = order.liveWaybill(of: parcel)
            let courier = waybill?.courier ?? ""
            label.rider = waybill?.tour?.value.rider ?? ""
            label.line = waybill?.tour?.value.line ?? ""
            label.courier = hub.settings.dispatch.couriers[courier]?.name ?? courier
            if order.wayBackLabels.contains(parcel.id) {
                label.departsAt = nil
                continue
            }
            label.area = order.receiver?.value.area ?? ""
            label.weightGrams = parcel.packing?.value.weightGrams
            label.departsAt = try await settings().departure(
                warehouse: paper.warehouse, courier: courier, readyAt: parcel.packed?.at ?? now)
        }
        guard paper.kind == .pickingList else { return label }
        label.orders.removeAll { $0.items.isEmpty }
        label.courier = hub.settings.dispatch.couriers[paper.courier]?.name ?? paper.courier
        label.departsAt = try await settings().departure(
            warehouse: paper.warehouse, courier: paper.courier, readyAt: now)
        return label
    }

    /// What is fetched for an order; nothing where it must not be packed any more.
    private static func picked(_ order: Order) -> LabelOrder {
        var label = LabelOrder(number: order.number)
        let list = order.packList
        guard list.obstacle == nil else { return label }
        let gifts = Set(order.lines.values.filter(\.isGift).map(\.id))
        label.items = list.entries.filter { $0.units > 0 }.map {
            LabelItem(sku: $0.sku, name: $0.name, units: $0.units, isGift: gifts.contains($0.line))
        }
        return label
    }

    private func written(_ order: Order, _ paper: Paper) async throws -> LabelOrder {
        var label = try await labelOrder(order, paper.parcel, place: 1, order.paperGoods(of: paper.parcel))
        if order.wayBackLabels.contains(paper.parcel) {
            label.isWayBack = true
            (label.receiver, label.sender) = (label.sender, label.receiver)
        }
        return label
    }

    /// A paper as a document for a browser.
    ///
    /// - Returns: nil where this hub prints nothing.
    package func document(of paper: Paper) async throws -> [UInt8]? {
        guard let press = hub.press, let text = try await template(paper.kind.template(forPrinter: false)) else {
            return nil
        }
        let wish = LabelWish(template: text, format: "pdf", address: try await settings().address)
        return Array(try press.render(try await label(of: paper), wish).joined())
    }
}
