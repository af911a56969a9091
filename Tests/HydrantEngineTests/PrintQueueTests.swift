import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

/// Printers that do what a script says, and remember what they were sent and when.
private final class ScriptedPrinters: LabelPrinters {
    struct Sent: Equatable {
        var at: Instant
        var printer: String
        var document: String
        var trouble: PrintTrouble?
    }

    private struct State {
        var clock: (any HubClock)?
        var script: [String: [PrintTrouble]] = [:]
        var length: [String: Milliseconds] = [:]
        var sent: [Sent] = []
    }

    private let state = Mutex(State())

    var sent: [Sent] { state.withLock { $0.sent } }
    var printed: [String] { sent.filter { $0.trouble == nil }.map(\.document).sorted() }

    func use(_ clock: any HubClock) { state.withLock { $0.clock = clock } }

    /// What a printer says to what it is sent next; nothing wrong behind that.
    func play(_ script: [PrintTrouble], at printer: String) { state.withLock { $0.script[printer] = script } }

    /// So long a printer takes for a sheet; 0 when it was never said.
    func slowDown(_ printer: String, to length: Milliseconds) { state.withLock { $0.length[printer] = length } }

    func send(_ document: [UInt8], to printer: PrinterAddress) async -> PrintTrouble? {
        let (clock, length) = state.withLock { ($0.clock, $0.length[printer.host] ?? 0) }
        var isCutOff = false
        if let clock, length > 0 {
            do { try await clock.sleep(until: clock.now() + length) } catch { isCutOff = true }
        }
        let wasCutOff = isCutOff
        return state.withLock { state in
            var script = state.script[printer.host] ?? []
            let trouble = wasCutOff ? PrintTrouble.brokeOff : script.isEmpty ? nil : script.removeFirst()
            state.script[printer.host] = script
            let at = state.clock?.now() ?? EngineRig.begin
            let text = String(decoding: document, as: UTF8.self)
            state.sent.append(Sent(at: at, printer: printer.host, document: text, trouble: trouble))
            return trouble
        }
    }
}

/// The queue of labels for network printers, on virtual time.
@Suite struct PrintQueueTests {
    private static let person = DeskPerson(actor: "user:ada", name: "ada", warehouses: nil)

    private let printers: ScriptedPrinters
    private let rig: EngineRig

    init() throws {
        let printers = ScriptedPrinters()
        rig = EngineRig(
            options: EngineRig.options { options in
                options.keepsDesk = true
                options.printers = printers
                options.press = LabelPress(
                    shipped: ["aggregated": "label: aggregated", "waybill": "label: waybill"],
                    render: { bag, wish in
                        let orders = bag.orders.map(\.number).joined()
                        let sheets = orders == "LONG" ? ["1 of 3", "2 of 3", "3 of 3"] : ["\(wish.format) \(orders)"]
                        return sheets.map { Array($0.utf8) }
                    })
            })
        printers.use(rig.clock)
        self.printers = printers
        try rig.start()
    }

    /// A bag of a warehouse of its own with one parcel.
    private func bag(_ order: String) throws -> BagCode {
        let parcel = "\(order)-1"
        _ = try rig.submit([
            rig.fact(
                .orderPlaced(OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A")])), order: order,
                id: "p-\(order)"),
            rig.fact(
                .parcelPacked(Packing(parcel: parcel, warehouse: "W-\(order)", items: [], weightGrams: nil)),
                order: order, id: "k-\(order)"),
            rig.fact(
                .trackingReported(Tracking(parcel: parcel, courier: "sf", channel: "sf", number: "N\(order)")),
                order: order, id: "t-\(order)"),
        ])
        let desk = try rig.hub.desk
        let key = ParcelKey(order: order, parcel: parcel)
        return try #require(try rig.ask { try await desk.assign(key, id: "open-\(order)", by: Self.person) }).code
    }

    private func act(_ code: BagCode, _ action: BagAction, id: String, printer: String? = nil) throws {
        let desk = try rig.hub.desk
        var command = BagCommand(id: id, person: Self.person, at: rig.clock.now(), action: action)
        command.printer = printer.map { DeskSettings.Printer(warehouse: "W", address: $0) }
        let asked = command
        let outcome = try #require(try rig.ask { try await desk.act(code, asked) })
        try #require(outcome.refusal == nil, "\(String(describing: outcome.refusal))")
    }

    private func printLabel(_ code: BagCode, id: String, at printer: String, reason: String = "") throws {
        try act(code, .printLabel(template: "aggregated", reason: reason), id: id, printer: printer)
    }

    private func job(_ id: String, of code: BagCode) throws -> PrintJob? {
        let desk = try rig.hub.desk
        return try rig.ask {
            guard let bag = try await desk.bag(code) else { return nil }
            return try await desk.printJobs(of: [bag])[id]
        }
    }

    @Test func `a printer that stays away is tried ten times, each time later, and then somebody has to look`() throws {
        printers.play(Array(repeating: .unreachable, count: 9) + [.tooSlow], at: "away")
        let code = try bag("A")
        try printLabel(code, id: "print-1", at: "away")
        rig.advance(by: .minutes(10))
        let times = printers.sent.map(\.at)
        #expect(times.count == 10)
        let pauses: [Milliseconds] = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        for (index, pause) in pauses.enumerated() {
            let gap = times[index + 1] - times[index]
            // The queue looks once a second.
            #expect((pause...(pause + .seconds(1))).contains(gap), "\(index): \(gap)")
        }
        let job = try #require(try job("print-1", of: code))
        #expect(job.state == .failed && job.attempts == 10 && job.trouble == .tooSlow)
        // Somebody has looked and prints again.
        try printLabel(code, id: "print-2", at: "away", reason: "switched on")
        rig.advance(by: .seconds(2))
        #expect(printers.printed == ["zpl A"])
        #expect(try self.job("print-2", of: code)?.state == .done)
        try rig.expectSoundness()
    }

    @Test func `a printer that comes back gets each label once, and others do not wait for it`() throws {
        printers.play([.unreachable, .brokeOff, .unreachable], at: "away")
        let codes = try ["A", "B", "C"].map { try bag($0) }
        for (index, code) in codes.enumerated() {
            try printLabel(code, id: "print-\(index)", at: index == 2 ? "near" : "away")
        }
        rig.advance(by: 100)
        #expect(printers.printed == ["zpl C"])
        rig.advance(by: .minutes(5))
        #expect(printers.printed == ["zpl A", "zpl B", "zpl C"])
        #expect(printers.sent.count == 6)
        for (index, code) in codes.enumerated() {
            #expect(try job("print-\(index)", of: code)?.state == .done)
        }
    }

    @Test func `a slow printer holds up no label that another one gets meanwhile, and has its own in order`() throws {
        printers.slowDown("slow", to: .minutes(1))
        let codes = try ["A", "B", "C"].map { try bag($0) }
        try printLabel(codes[0], id: "print-0", at: "slow")
        rig.advance(by: .seconds(5))
        try printLabel(codes[1], id: "print-1", at: "slow")
        try printLabel(codes[2], id: "print-2", at: "near")
        rig.advance(by: .seconds(5))
        #expect(printers.printed == ["zpl C"])
        rig.advance(by: .minutes(3))
        #expect(printers.sent.map(\.document) == ["zpl C", "zpl A", "zpl B"])
        for (index, code) in codes.enumerated() {
            #expect(try job("print-\(index)", of: code)?.attempts == 1)
        }
        try rig.expectSoundness()
    }

    @Test func `a hub that stops in the middle of a label goes on with the sheet that the printer lacks`() throws {
        printers.slowDown("slow", to: .minutes(1))
        let code = try bag("LONG")
        try printLabel(code, id: "print-1", at: "slow")
        rig.advance(by: .seconds(90))
        rig.stop()
        #expect(printers.printed == ["1 of 3"] && printers.sent.map(\.trouble) == [nil, .brokeOff])
        try rig.start()
        rig.advance(by: .minutes(5))
        #expect(printers.printed == ["1 of 3", "2 of 3", "3 of 3"])
        // Stopping is no trouble of the printer's.
        let job = try #require(try job("print-1", of: code))
        #expect(job.state == .done && job.attempts == 1 && job.trouble == nil && job.sheets == 3)
    }

    @Test func `labels that wait survive a restart, are sent at once and never again`() throws {
        printers.play(Array(repeating: .unreachable, count: 20), at: "away")
        let codes = try ["A", "B"].map { try bag($0) }
        for code in codes { try printLabel(code, id: "print-\(code)", at: "away") }
        rig.advance(by: .seconds(50))
        #expect(printers.printed == [])
        rig.stop()
        printers.play([], at: "away")
        try rig.start()
        rig.advance(by: 1)
        #expect(printers.printed == ["zpl A", "zpl B"])
        rig.stop()
        try rig.start()
        rig.advance(by: .minutes(5))
        #expect(printers.printed == ["zpl A", "zpl B"])
    }

    @Test func `the label of a bag that is void by now is not printed`() throws {
        printers.play(Array(repeating: .unreachable, count: 20), at: "away")
        let code = try bag("A")
        try printLabel(code, id: "print-1", at: "away")
        rig.advance(by: .seconds(5))
        try act(code, .void(reason: "packed anew"), id: "void-1")
        printers.play([], at: "away")
        rig.advance(by: .minutes(5))
        #expect(printers.printed == [] && printers.sent.allSatisfy { $0.trouble == .unreachable })
        #expect(try job("print-1", of: code) == nil)
    }

    @Test func `a label whose bag becomes void while its job is taken up is not printed`() throws {
        printers.play(Array(repeating: .unreachable, count: 20), at: "away")
        let code = try bag("A")
        try printLabel(code, id: "print-1", at: "away")
        rig.advance(by: .seconds(5))
        let job = try #require(try rig.read { try $0.record("print-jobs", "print-1") })
        try act(code, .void(reason: "packed anew"), id: "void-1")
        // As another process left it that had read the bag before.
        var late = job
        late.version = 1
        let kept = late
        let store = rig.store
        _ = try rig.ask { try await store.transaction { try $0.put(kept, ifVersion: 0) } }
        printers.play([], at: "away")
        rig.advance(by: .minutes(5))
        #expect(printers.printed == [])
    }

    /// The waybill of an order's parcel, asked of a printer.
    private func printWaybill(_ order: String, id: String, at printer: String) throws -> Paper {
        let desk = try rig.hub.desk
        let key = ParcelKey(order: order, parcel: "\(order)-1")
        let command = PaperCommand(
            id: id, person: Self.person, at: rig.clock.now(), reason: "",
            printer: DeskSettings.Printer(warehouse: "W", address: printer))
        return try rig.ask {
            let sight = try #require(try await desk.paper(.waybill, of: key, for: Self.person))
            let (paper, refusal) = try await desk.printPaper(sight.paper, command)
            #expect(refusal == nil)
            return paper
        }
    }

    private func paperJob(_ id: String, _ order: String) throws -> PrintJob? {
        let desk = try rig.hub.desk
        let key = ParcelKey(order: order, parcel: "\(order)-1")
        return try rig.ask { try await desk.paper(.waybill, of: key, for: Self.person)?.jobs[id] }
    }

    @Test func `a waybill goes through the same queue, and one of an order that is held meanwhile is not printed`()
        throws
    {
        for order in ["A", "B"] { _ = try bag(order) }
        printers.play([.unreachable], at: "near")
        let paper = try printWaybill("A", id: "paper-1", at: "near")
        #expect(paper.prints.count == 1 && paper.warehouse == "W-A")
        rig.advance(by: .seconds(5))
        #expect(printers.printed == ["zpl A"])
        #expect(try paperJob("paper-1", "A")?.state == .done)
        printers.play([.unreachable, .unreachable], at: "away")
        _ = try printWaybill("B", id: "paper-2", at: "away")
        rig.advance(by: 100)
        let hold = Hold(id: "h", reason: "ask first", owner: "service", exit: .person)
        _ = try rig.submit(rig.fact(.holdPlaced(hold), order: "B", id: "hold-B"))
        rig.advance(by: .minutes(5))
        let job = try #require(try paperJob("paper-2", "B"))
        #expect(job.state == .failed && job.trouble == .stopped && job.attempts < PrintJob.attemptsMaximum)
        #expect(printers.printed == ["zpl A"])
        try rig.expectSoundness()
    }

    @Test func `what was printed can be looked at for a week, and a bag that ended for 90 days`() throws {
        let code = try bag("A")
        try printLabel(code, id: "print-1", at: "near")
        rig.advance(by: .seconds(1))
        func kept() throws -> [String] {
            try rig.read { reader in
                try ["print-jobs", "print-jobs-done"].flatMap { name in
                    try reader.records(name, after: "", limit: 9).map { "\($0.collection) \($0.key)" }
                }
            }
        }
        #expect(try kept() == ["print-jobs-done print-1"])
        rig.stop()
        rig.advance(by: Desk.labelRetention - .minutes(1))
        try rig.start()
        #expect(try kept() == ["print-jobs-done print-1"])
        rig.stop()
        rig.advance(by: .minutes(2))
        try rig.start()
        rig.advance(by: 1)
        #expect(try kept() == [])
        #expect(try job("print-1", of: code) == nil && printers.printed == ["zpl A"])
        try act(code, .void(reason: "packed anew"), id: "void-1")
        for (length, isThere) in [(Desk.bagRetention - .minutes(1), true), (.minutes(2), false)] {
            rig.stop()
            rig.advance(by: length)
            try rig.start()
            rig.advance(by: 1)
            let desk = try rig.hub.desk
            #expect(try rig.ask { try await desk.bag(code) != nil } == isThere)
        }
    }
}
