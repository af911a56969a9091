import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

/// The mapping documents that are shipped, on files of real businesses, against counts made without any of this code.
@Suite(.enabled(if: ProjectFiles.sharedData != nil, "needs ../shared/data, or its place in HYDRANT_SHARED_DATA"))
struct RealDataTests {
    /// After every export.
    private static let asOf = Instant(milliseconds: 1_790_000_000_000)

    private struct Taken {
        var mapping: Mapping
        var facts: [Fact] = []
        var badRows: [BadRow] = []
    }

    private func take(_ name: String) async throws -> Taken {
        let path = "\(ProjectFiles.root)/Templates/\(name).yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var taken = Taken(mapping: try MappingDocument.load(text: text, path: path))
        let folder = "\(try #require(ProjectFiles.sharedData))/\(name)"
        _ = try await FolderImport(mapping: taken.mapping, folder: folder, receivedAt: RealDataTests.asOf)
            .run(chunk: 5_000) { chunk in
                taken.facts += chunk.facts
                taken.badRows += chunk.badRows
            }
        return taken
    }

    /// The orders after all facts, as the hub takes them in.
    private func fold(_ facts: [Fact], _ settings: Settings) throws -> [String: Order] {
        var orders: [String: Order] = [:]
        for fact in facts {
            var order = orders.removeValue(forKey: fact.order) ?? Order(number: fact.order)
            for event in try decide(order, fact, settings: settings, now: fact.receivedAt) { order.evolve(event) }
            orders[fact.order] = order
        }
        return orders
    }

    private func counts(_ orders: [String: Order], _ settings: Settings) -> [String: Int] {
        var counts: [String: Int] = [:]
        for order in orders.values {
            counts["state|\(order.state)", default: 0] += 1
            for finding in order.findings(settings: settings, now: RealDataTests.asOf) {
                counts["\(finding.kind.rawValue)|\(finding.verdict.rawValue)", default: 0] += 1
            }
        }
        return counts
    }

    /// `kind|verdict` and its count, without zeros, from Tests/Recount.
    private func recount(_ name: String) throws -> [String: Int] {
        let sqlite = try #require(ProjectFiles.program("sqlite3"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: sqlite)
        process.arguments = [":memory:"]
        process.currentDirectoryURL = URL(fileURLWithPath: "\(try #require(ProjectFiles.sharedData))/\(name)")
        process.standardInput = try FileHandle(
            forReadingFrom: URL(fileURLWithPath: "\(ProjectFiles.root)/Tests/Recount/\(name).sql"))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        var counts: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "|")
            guard parts.count == 3, let count = Int(parts[2]) else {
                Issue.record("the recount says “\(line)”")
                continue
            }
            #expect(parts[0] == "state" || MismatchKind(rawValue: String(parts[0])) != nil)
            if count > 0 { counts["\(parts[0])|\(parts[1])"] = count }
        }
        return counts
    }

    private static let recountTools = ["sqlite3", "zstd"].allSatisfy { ProjectFiles.program($0) != nil }

    /// - Parameters:
    ///   - badRows: rows that are parked with their reason.
    ///   - repeated: rows of one order that are not neighbours and say the same once more.
    @Test(
        .enabled(if: recountTools, "needs the programs sqlite3 and zstd"),
        arguments: [
            ("olist", 17_807, 0, 0), ("tmall", 8_131, 0, 0), ("amazon_in", 5_052, 0, 0), ("sap_vbfa", 7_486, 3, 37),
        ])
    func `orders and wrong orders equal an independent recount, and a second import says the same messages`(
        name: String, orders: Int, badRows: Int, repeated: Int
    ) async throws {
        let taken = try await take(name)
        #expect(taken.badRows.count == badRows)
        let folded = try fold(taken.facts, taken.mapping.settings)
        #expect(folded.count == orders)
        let found = counts(folded, taken.mapping.settings)
        let expected = try recount(name)
        #expect(found == expected)
        if name == "olist" { #expect(found.filter { !$0.key.hasPrefix("state") } == RealDataTests.knownOfOlist) }

        let messages = Set(taken.facts.map { [$0.source, $0.messageID] })
        #expect(taken.facts.count - messages.count == repeated)
        let second = try await take(name)
        #expect(second.facts == taken.facts)
        #expect(second.badRows == taken.badRows)
    }

    private static let knownOfOlist = [
        "noLines|wrong": 622, "paymentMismatch|wrong": 72, "cancelledButShipped|wrong": 73,
        "signedBeforeShipped|wrong": 6, "shippedBeforePaid|wrong": 38, "signedWithoutTime|wrong": 2,
        // Four delivered without an approval, one without a hand-over: they did not come as far as Olist says.
        "systemsDisagree|wrong": 5,
    ]

    @Test func `shuffled and doubled facts of a thousand orders end in the same orders`() async throws {
        let taken = try await take("olist")
        let numbers = Set(Set(taken.facts.prefix(10_000).map(\.order)).sorted().prefix(1_000))
        let facts = taken.facts.filter { numbers.contains($0.order) }
        let settings = taken.mapping.settings
        let straight = try fold(facts, settings).mapValues(settled)
        #expect(straight.count == 1_000)
        for seed in UInt64(1)...5 {
            var generator = Shuffle(state: seed)
            let mixed = (facts + facts.prefix(facts.count / 2)).shuffled(using: &generator)
            let shuffled = try fold(mixed, settings).mapValues(settled)
            #expect(shuffled == straight, "seed \(seed)")
        }
    }

    /// An order without what tells the order of arrival: event numbers, which of several proofs was first
    /// used.
    private func settled(_ order: Order) -> Order {
        var order = order
        order.version = 0
        order.stamps = order.stamps.map {
            StateStamp(number: $0.number, at: $0.at, isInferred: $0.isInferred, proof: [])
        }
        return order
    }
}

/// SplitMix64.
private struct Shuffle: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
