import Foundation
import HydrantCore
import HydrantDocuments
import Testing

@Suite struct FreightDocumentTests {
    private func shipped() throws -> FreightCard {
        let text = try String(contentsOfFile: ProjectFiles.root + "/Templates/freight.yaml", encoding: .utf8)
        return try FreightDocument.load(text: text, path: "freight.yaml")
    }

    private static let small = """
        freight: a
        courier: sf
        currency: CNY
        zones:
          - name: all
            steps:
              - {upTo: 1kg, price: 10}
        """

    @Test func theShippedCardPricesTheCountry() throws {
        let card = try shipped()
        #expect(card.origins.map(\.code) == ["33"])
        #expect(card.zones.map(\.name) == ["same city", "neighbours", "far west", "rest of the country"])
        #expect(card.zones[2].areas.map(\.code) == ["65", "54"])
        let answer = try FreightRequest([
            "origin": "330110", "to": "北京市朝阳区建国路88号", "was": "浙江省杭州市西湖区", "grams": 1_200,
        ]).answer([card])
        #expect(answer["quote"]?["totalMinor"]?.integer == 2_400)
        #expect(answer["area"]?.string == "110105")
        #expect(answer["differenceMinor"]?.integer == 1_250)
    }

    @Test(arguments: [
        ("price: 10", "price: ten", "must be an amount like 12.50"),
        ("price: 10", "price: 10.001", "must be an amount like 12.50"),
        ("price: 10", "price: -1", "must be an amount like 12.50"),
        ("upTo: 1kg", "upTo: 1", "must be a weight like 500g or 1.5kg"),
        ("upTo: 1kg", "upTo: 0g", "must be a weight like 500g or 1.5kg"),
        ("courier: sf", "curier: sf", "Did you mean “courier”?"),
        ("currency: CNY", "currency: yuan", "three capital letters"),
        ("name: all", "areas: [35x]", "is no division"),
        ("name: all", "areas: [\"999999\"]", "is no division"),
        ("name: all", "areas: [朝阳区]", "is no division"),
        ("{upTo: 1kg, price: 10}", "{upTo: 1kg, price: 10, each: 1kg}", "belong together"),
        ("{upTo: 1kg, price: 10}", "{upTo: 1kg, price: 1, above: 2kg, each: 1kg, more: 1}", "must be less than “upTo”"),
        ("courier: sf", "courier: sf\nfrom: yesterday", "must be a time with its zone"),
        ("courier: sf", "courier: sf\nsurcharges: [{name: x}]", "needs “amount” or “permilleOfValue”"),
        ("courier: sf", "courier: sf\nfrom: 2026-01-02T00:00:00Z\nto: 2026-01-01T00:00:00Z", "later than “from”"),
    ]) func mistakesAreToldWithTheirPlace(from: String, to: String, message: String) {
        let text = Self.small.replacingOccurrences(of: from, with: to)
        do {
            _ = try FreightDocument.load(text: text, path: "card.yaml")
            Issue.record("accepted \(to)")
        } catch {
            #expect(error.description.contains(message), "\(error)")
            #expect(error.problems.allSatisfy { $0.path == "card.yaml" && $0.line >= 1 })
        }
    }

    @Test func zonesMayNotOverlap() {
        let zone = "  - {name: b, areas: [\"33\"], steps: [{upTo: 1kg, price: 1}]}\n"
        let twice = Self.small + "\n" + zone + zone.replacingOccurrences(of: "name: b", with: "name: c")
        #expect(throws: DocumentProblems.self) { try FreightDocument.load(text: twice, path: "c") }
        let open = Self.small + "\n  - {name: rest, steps: [{upTo: 1kg, price: 1}]}\n"
        #expect(throws: DocumentProblems.self) { try FreightDocument.load(text: open, path: "c") }
        #expect(throws: Never.self) { try FreightDocument.load(text: Self.small + "\n" + zone, path: "c") }
    }

    @Test(
        arguments: [
            ([], "origin"), (["origin": "33", "to": "33"], "grams"),
            (["origin": "33", "to": "33", "grams": -1], "grams"),
            (["origin": "33", "to": "nowhere", "grams": 1], "to"),
            (["origin": "33", "to": "33", "grams": 1, "weight": 2], "weight"),
            (["origin": "33", "to": "33", "grams": 1, "lengthCm": 2], "lengthCm"),
            (["origin": "33", "to": "33", "grams": 1, "at": "soon"], "at"),
        ] as [(JSON, String)]) func badParcelsAreToldByField(json: JSON, field: String)
    {
        #expect {
            try FreightRequest(json)
        } throws: { error in
            let found = (error as? FreightRequest.Problem)?.field
            return found == field || (json == .array([]) && found == "parcel")
        }
    }

    @Test func aParcelWithoutPriceIsRefusedInWords() throws {
        let card = try FreightDocument.load(text: Self.small, path: "c")
        let answer = try FreightRequest(["origin": "33", "to": "11", "grams": 1_001]).answer([card])
        #expect(answer["refused"]?.string == "weight.too-heavy")
    }
}
