import HydrantCore
import Testing

/// Papers of parcels, orders and waves, and their counts.
@Suite struct PaperTests {
    private static let now = Instant(milliseconds: 1_794_398_400_000)

    @Test func `the words of papers and the reasons against them are storage`() {
        #expect(PaperKind.allCases.map(\.rawValue) == ["waybill", "packing-slip", "return-slip", "picking-list"])
        #expect(PaperKind.pickingList.template(forPrinter: true) == "picking-list-label")
        #expect(PaperKind.waybill.template(forPrinter: true) == "waybill")
        for problem in PaperProblem.allCases {
            let refusal = Refusal.paper(problem, "N1")
            #expect(refusal.text.chinese != refusal.text.english && !refusal.nextStep.english.isEmpty)
        }
    }

    @Test func `a print is counted once, and the second one needs a reason`() throws {
        var paper = Paper(
            code: BagCode(bits: 7), kind: .waybill, warehouse: "W1", key: ParcelKey(order: "SO-1", parcel: "P1"))
        try paper.recordPrint(id: "a", at: Self.now, person: "li", reason: "because")
        try paper.recordPrint(id: "a", at: Self.now, person: "li", reason: "")
        #expect(paper.prints.map(\.reason) == [""])
        #expect(throws: Refusal.paper(.reprintReason)) {
            try paper.recordPrint(id: "b", at: Self.now, person: "li", reason: " x ")
        }
        try paper.recordPrint(id: "b", at: Self.now, person: "wang", reason: "smudged")
        #expect(paper.prints.map(\.person) == ["li", "wang"])
        #expect(Paper(json: paper.json) == paper)
        #expect(throws: Refusal.paper(.tooOften)) {
            for number in 0...Paper.printsMaximum {
                try paper.recordPrint(id: "n\(number)", at: Self.now, person: "li", reason: "again")
            }
        }
        #expect(paper.prints.count == Paper.printsMaximum)
    }

    @Test func `where a print went is kept, and of one that does not say nobody knows`() throws {
        let key = ParcelKey(order: "SO-1", parcel: "P1")
        var paper = Paper(code: BagCode(bits: 7), kind: .waybill, warehouse: "W1", key: key)
        try paper.recordPrint(id: "a", at: Self.now, person: "li", reason: "")
        try paper.recordPrint(id: "b", at: Self.now, person: "li", reason: "smudged", isForPrinter: true)
        #expect(paper.prints.map(\.isForPrinter) == [false, true])
        let read = try #require(Paper(json: try JSON(bytes: paper.json.bytes)))
        #expect(read == paper)
        let print: JSON = ["id": "c", "at": 1, "by": "li", "reason": ""]
        let old: JSON = [
            "code": .string(paper.code.text), "kind": "waybill", "warehouse": "W1", "courier": "",
            "orders": ["SO-1"], "parcel": "P1", "prints": [print],
        ]
        let unsaid = try #require(Paper(json: old))
        #expect(unsaid.prints.map(\.isForPrinter) == [nil])
        #expect(unsaid.json == old)
    }

    @Test func `two papers are told apart by kind, order, parcel and wave`() {
        let key = ParcelKey(order: "SO-1", parcel: "P1")
        let code = BagCode(bits: 1)
        let wave = PickWave(warehouse: "W1", courier: "sf", departsAt: Self.now, orders: ["A", "B"], goods: [])
        var later = wave
        later.departsAt = Self.now + .hours(1)
        var other = wave
        other.orders = ["A", "BC"]
        let papers = [
            Paper(code: code, kind: .waybill, warehouse: "W1", key: key),
            Paper(code: code, kind: .packingSlip, warehouse: "W1", key: key),
            Paper(code: code, kind: .waybill, warehouse: "W1", key: ParcelKey(order: "SO-1P", parcel: "1")),
            Paper(code: code, wave: wave), Paper(code: code, wave: other),
        ]
        #expect(Set(papers.map(\.identity)).count == papers.count)
        #expect(Paper(code: code, wave: later).identity == Paper(code: code, wave: wave).identity)
        // A parcel that is packed elsewhere than planned has the same waybill.
        #expect(Paper(code: code, kind: .waybill, warehouse: "W9", key: key).identity == papers[0].identity)
    }
}
