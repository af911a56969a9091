import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

/// What the language of mapping documents can say about a row.
struct RowFormTests {
    private static let head = """
        mapping: forms
        version: 1
        source: erp
        timeZone: Asia/Shanghai
        dateFormats: [MM-dd-yy, MM-dd-yyyy]

        """

    private func facts(_ files: String, _ contents: [String: String]) async throws -> FolderImportTests.Result {
        try await FolderImportTests.run(RowFormTests.head + files, try TemporaryFolder(text: contents))
    }

    /// The orders whose rows meet a condition on the columns id, status, amount.
    private func orders(meeting condition: String) async throws -> String {
        let files = """
            files:
              - file: a.csv
                key: id
                facts:
                  - kind: order.completed
                    when: \(condition)
            """
        let result = try await facts(
            files, ["a.csv": "id,status,amount\n1,new,\n2,paid,10.5\n3,,0\n4,sent,-3\n5,present,200\n"])
        #expect(result.badRows == [])
        return result.facts.map(\.order).joined(separator: " ")
    }

    @Test(arguments: [
        ("{status: paid}", "2"), ("{status: [paid, sent]}", "2 4"), ("{status: present}", "1 2 4 5"),
        ("{status: empty}", "3"), ("{status: {equals: present}}", "5"), ("{status: {not: [paid, sent]}}", "1 3 5"),
        ("{status: {not: paid, is: present}}", "1 4 5"), ("{amount: {above: 0}}", "2 5"),
        ("{amount: {below: 0.5}}", "3 4"),
        ("{amount: {above: 10.49, below: 10.51}}", "2"), ("{column: status, in: [new]}", "1"),
        ("{status: present, amount: present}", "2 4 5"), ("{any: [{status: new}, {amount: {above: 100}}]}", "1 5"),
        ("{all: [{status: present}, {none: [{status: new}, {status: sent}]}]}", "2 5"),
    ])
    func `conditions choose rows`(condition: String, expected: String) async throws {
        #expect(try await orders(meeting: condition) == expected)
    }

    @Test func `a condition on a number refuses a row whose text is none`() async throws {
        let files = "files: [{file: a.csv, key: id, facts: [{kind: order.completed, when: {n: {above: 1}}}]}]"
        let result = try await facts(files, ["a.csv": "id,n\n1,2\n2,many\n"])
        #expect(result.facts.map(\.order) == ["1"])
        #expect(result.badRows.map(\.reason) == ["column n: “many” is not a number"])
    }

    @Test func `one column with two ways of writing dates`() async throws {
        let files = "files: [{file: a.csv, key: id, facts: [{kind: order.placed, occurredAt: d}]}]"
        let result = try await facts(files, ["a.csv": "id,d\n1,04-25-22\n2,04-12-2022\n3,25-04-22\n"])
        #expect(result.facts.map { $0.occurredAt?.text } == ["2022-04-24T16:00:00.000Z", "2022-04-11T16:00:00.000Z"])
        #expect(
            result.badRows.map(\.reason) == ["column d: “25-04-22” is no date in the formats MM-dd-yy | MM-dd-yyyy"])
    }

    @Test func `a day that no month has is quoted as the file has it, with the day first too`() async throws {
        let head = """
            mapping: forms
            version: 1
            source: erp
            timeZone: Asia/Shanghai
            dateFormats: [dd.MM.yyyy HH:mm]
            files: [{file: a.csv, key: id, facts: [{kind: order.placed, occurredAt: d}]}]
            """
        let folder = try TemporaryFolder(text: ["a.csv": "id,d\n1,31.02.2026 09:30\n"])
        let result = try await FolderImportTests.run(head, folder)
        #expect(
            result.badRows.map(\.reason) == [
                "column d: “31.02.2026 09:30” is no date in the formats dd.MM.yyyy HH:mm"
            ])
    }

    @Test func `Chinese headers, GBK, and a file without a header`() async throws {
        let gbk = Data([
            0xB6, 0xA9, 0xB5, 0xA5, 0x2C, 0xC2, 0xF2, 0xBC, 0xD2, 0x0A, 0x31, 0x2C, 0xD5, 0xC5, 0xC8, 0xFD, 0x0A,
        ])
        let files = """
            files:
              - {file: a.csv, key: 订单, encoding: GBK, facts: [{kind: order.placed, data: {customer: "{买家}"}}]}
              - {file: b.txt, key: 编号, separator: tab, columns: [编号, 店铺],
                 facts: [{kind: order.placed, data: {shop: "{店铺}"}}]}
            """
        let folder = try TemporaryFolder(["a.csv": gbk, "b.txt": Data("7\t一店\n8\n".utf8)])
        let result = try await FolderImportTests.run(RowFormTests.head + files, folder)
        #expect(
            result.facts.map(\.body) == [
                .orderPlaced(OrderHeader(customer: "张三")), .orderPlaced(OrderHeader(shop: "一店")),
            ])
        #expect(result.facts.map(\.order) == ["1", "7"])
        #expect(result.badRows.map(\.description) == ["b.txt:2: has 1 columns where 2 are expected"])
    }

    @Test func `bytes that are not GBK are a bad row with its line`() async throws {
        let files = "files: [{file: a.csv, key: id, encoding: GBK, facts: [{kind: order.completed}]}]"
        let folder = try TemporaryFolder(["a.csv": Data([0x69, 0x64, 0x0A, 0x31, 0x0A, 0xFF, 0x0A, 0x32, 0x0A])])
        let result = try await FolderImportTests.run(RowFormTests.head + files, folder)
        #expect(result.facts.map(\.order) == ["1", "2"])
        #expect(
            result.badRows.map(\.description) == ["a.csv:3: has bytes that are not text in the declared encoding"])
    }

    @Test func `a lookup adds the columns of a side file`() async throws {
        let files = """
            lookups: {goods: {file: goods.csv, key: sku, columns: [name, gift]}}
            files:
              - file: a.csv
                key: id
                join: {lookup: goods, by: sku}
                facts:
                  - kind: line.reported
                    data: {id: "1", sku: "{sku}", name: "{goods.name}", gift: {column: goods.gift, otherwise: "no"}}
            """
        let result = try await facts(
            files, ["a.csv": "id,sku\n1,F1\n2,F9\n", "goods.csv": "sku,weight,gift,name\nF1,3,yes,机滤\nF2,4,no,空滤\n"])
        #expect(
            result.facts.map(\.body) == [
                .lineReported(Line(id: "1", sku: "F1", name: "机滤", isGift: true)),
                .lineReported(Line(id: "1", sku: "F9")),
            ])
        #expect(result.summary.files == 2)
    }

    @Test func `translated words, sums, lists and constants`() async throws {
        let files = """
            emptyTexts: ["-"]
            decimalSeparator: ","
            separator: semicolon
            files:
              - file: a.csv
                key: "{year}/{no}"
                facts:
                  - kind: trace.reported
                    source: courier
                    data:
                      parcel: "{no}-1"
                      complete: yes
                      scans:
                        at: "{day}"
                        status: {column: step, translate: {到: in-transit, 签: signed}}
                        place: "{city}"
                  - kind: refund.reported
                    when: {back: present}
                    data: {id: r, amountMinor: {sum: [back, fee]}}
                  - kind: receipt.reported
                    data: {id: c, amountMinor: {column: cents, as: whole}}
            """
        let text =
            """
            year;no;day;step;city;back;fee;cents
            26;1;11-12-26;到;;1,5;0,25;777
            26;2;11-13-26;签;沪;-;;1
            26;3;11-13-26;丢;沪;;;2
            """
        let result = try await facts(files, ["a.csv": text])
        let first = try #require(Instant(text: "2026-11-11T16:00:00Z"))
        #expect(
            result.facts.map(\.body) == [
                .traceReported(
                    Trace(parcel: "1-1", number: "", scans: [Scan(at: first, status: .inTransit)], isComplete: true)),
                .refundReported(MoneyEntry(id: "r", amountMinor: 175)),
                .receiptReported(MoneyEntry(id: "c", amountMinor: 777)),
                .traceReported(
                    Trace(
                        parcel: "2-1", number: "",
                        scans: [Scan(at: first + .hours(24), status: .signed, place: "沪")], isComplete: true)),
                .receiptReported(MoneyEntry(id: "c", amountMinor: 1)),
            ])
        #expect(result.facts.map(\.order) == ["26/1", "26/1", "26/1", "26/2", "26/2"])
        #expect(result.facts.map(\.source) == ["courier", "erp", "erp", "courier", "erp"])
        #expect(result.badRows.map(\.description) == ["a.csv:4: column step: “丢” is not among the words to translate"])
    }

    @Test func `neighbouring rows of one order are read together`() async throws {
        let files = """
            files:
              - file: a.csv
                key: id
                group: true
                when: {kind: {not: note}}
                facts:
                  - {kind: order.placed, once: true, data: {payableMinor: {sumOfRows: price}}}
                  - {kind: order.cancelled, once: true, when: {state: cancelled}, data: {reason: "line {no}"}}
                  - {kind: line.reported, data: {id: "{no}", sku: "{no}", priceMinor: "{price}"}}
            """
        let text =
            """
            id,no,kind,state,price
            A,1,,open,1
            A,2,,cancelled,2.5
            A,x,note,,9
            A,3,,cancelled,4
            B,1,,open,8
            B,2,,open,bad
            C,1,,open,1
            """
        let result = try await facts(files, ["a.csv": text])
        #expect(
            result.facts.map(\.body) == [
                .orderPlaced(OrderHeader(payableMinor: 750)), .lineReported(Line(id: "1", sku: "1", priceMinor: 100)),
                .orderCancelled(reason: "line 2"), .lineReported(Line(id: "2", sku: "2", priceMinor: 250)),
                .lineReported(Line(id: "3", sku: "3", priceMinor: 400)),
                .orderPlaced(OrderHeader(payableMinor: 100)), .lineReported(Line(id: "1", sku: "1", priceMinor: 100)),
            ])
        #expect(result.facts.map(\.order) == ["A", "A", "A", "A", "A", "C", "C"])
        // The sum of order B cannot be told: both of its rows are parked.
        #expect(result.badRows.map(\.line) == [6, 7])
    }

    @Test func `rows of a group that say the same give one message`() async throws {
        let files = """
            files:
              - file: a.csv
                key: id
                group: true
                facts: [{kind: inventory.locked, occurredAt: day}]
            """
        let result = try await facts(files, ["a.csv": "id,day\nA,04-25-22\nA,04-25-22\nA,04-26-22\n"])
        #expect(result.facts.map { $0.occurredAt?.text } == ["2022-04-24T16:00:00.000Z", "2022-04-25T16:00:00.000Z"])
    }

    @Test func `an id of one's own is kept, and an empty one is a bad row`() async throws {
        let files = "files: [{file: a.csv, key: id, facts: [{kind: order.completed, id: \"{n}\"}]}]"
        let result = try await facts(files, ["a.csv": "id,n\n1,77\n2,\n"])
        #expect(result.facts.map(\.messageID) == ["order.completed:a.csv:77"])
        #expect(result.badRows.map(\.reason) == ["order.completed: a column of its id is empty"])
    }

    @Test func `braces can be written twice to stand for themselves`() async throws {
        let files = "files: [{file: a.csv, key: id, facts: [{kind: order.cancelled, data: {reason: \"{{x}} {id}\"}}]}]"
        let result = try await facts(files, ["a.csv": "id\n1\n"])
        #expect(result.facts.map(\.body) == [.orderCancelled(reason: "{x} 1")])
    }
}
