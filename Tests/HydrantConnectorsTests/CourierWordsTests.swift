import Foundation
import HydrantCore
import HydrantDocuments
import Testing

@testable import HydrantConnectors

/// What a connector reads as a scan must have a meaning in the shipped settings: a word that only one of them knows
/// makes orders unknown that are well.
struct CourierWordsTests {
    private static let known: [String: [String]] = [
        "sf": SFWords.statuses.keys.sorted(),
        "zto": (Array(ZTOWords.actions.keys) + Array(ZTOWords.scanTypes.keys)).sorted(),
        "sto": STOWords.statuses.keys.sorted(), "yto": YTOWords.statuses.keys.sorted(),
        "yunda": YundaWords.statuses.keys.sorted(), "cainiao": CainiaoWords.statuses.keys.sorted(),
        "kuaidi100": Kuaidi100Words.statuses.keys.sorted(), "kdniao": KDNiaoWords.statuses.keys.sorted(),
        "jd": JDWords.categories.keys.sorted() + JDWords.sideNotes.sorted(),
    ]

    private static func shippedWords() throws -> WordTable {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Templates/default.yaml"), encoding: .utf8)
        return try SettingsDocument.load(text: text, path: "default.yaml").words
    }

    @Test(arguments: known.keys.sorted()) func `every word of a connector has a meaning`(system: String) throws {
        let words = try Self.shippedWords()
        let codes = try #require(Self.known[system])
        #expect(!codes.isEmpty)
        #expect(codes.filter { words.range(of: $0, from: system) == nil } == [])
    }

    @Test func `every finer state of JD has a meaning`() throws {
        let words = try Self.shippedWords()
        for (state, status) in JDWords.states {
            let known = words.systems["jd"]?.keys.contains { $0.hasSuffix("/\(state)") } ?? false
            #expect(known, "\(state) \(status)")
        }
    }
}
