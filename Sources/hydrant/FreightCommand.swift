import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments

struct FreightCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freight",
        abstract: "Price parcels by rate cards, and what a changed address costs more.",
        discussion: """
            Reads one JSON object a line, or a list of them, from standard input and prints one object for each.
              hydrant freight --card Templates/freight.yaml < parcels.json
            A parcel: {"origin": "330110", "to": "北京市朝阳区", "grams": 1200, "was": "330106"}
            Exits with 1 when a parcel has no price.
            """)

    @Option(help: "A rate card; may be given several times.")
    var card: [String]

    func run() throws {
        let cards = try card.map { path in
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandProblem("\(path) cannot be read", advice: "Give the path of a rate card in YAML, UTF-8.")
            }
            do {
                return try FreightDocument.load(text: text, path: path)
            } catch let problems as DocumentProblems {
                throw CommandProblem(problems.description, advice: "docs/freight.md describes the document.")
            }
        }
        guard !cards.isEmpty else { throw CommandProblem("--card is missing", advice: "Give a rate card.") }
        var hasRefusal = false
        for (place, text) in try parcels() {
            let parcel: JSON
            do {
                parcel = try JSON(text: text)
            } catch {
                throw CommandProblem("\(place) is not JSON: \(error.message)", advice: "One object a line, or a list.")
            }
            for (index, one) in (parcel.array ?? [parcel]).enumerated() {
                do {
                    let answer = try FreightRequest(one).answer(cards)
                    hasRefusal = hasRefusal || answer["refused"] != nil
                    let id = one["id"].map { [JSON.Member("id", $0)] } ?? []
                    Terminal.result(.object(id + (answer.members ?? [])))
                } catch {
                    let spot = parcel.array == nil ? place : "\(place), parcel \(index + 1)"
                    throw CommandProblem("\(spot): \(error.field) \(error.message)")
                }
            }
        }
        if hasRefusal { throw ExitCode(1) }
    }

    /// Lines with one object each, or everything as one document where it begins with a list.
    private func parcels() throws -> [(place: String, text: String)] {
        let bytes = FileHandle.standardInput.readDataToEndOfFile()
        guard bytes.count <= 64 << 20 else { throw CommandProblem("more than 64 MiB of parcels: send them in parts") }
        let text = String(decoding: bytes, as: UTF8.self)
        if text.drop(while: \.isWhitespace).first == "[" { return [("standard input", text)] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.allSatisfy(\.isWhitespace) }.map { ("line \($0.offset + 1)", String($0.element)) }
    }
}
