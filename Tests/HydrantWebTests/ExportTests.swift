import Foundation
import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct ExportTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""), ("=1+1", "\"'=1+1\""),
        ("+86", "\"'+86\""), ("-2", "\"'-2\""), ("@SUM(A1)", "\"'@SUM(A1)\""), ("\t=1", "\"'\t=1\""),
        ("＝1", "\"'＝1\""), ("", ""), ("two\nlines", "\"two\nlines\""),
    ])
    func `no cell of a CSV file is a formula or breaks its row`(text: String, cell: String) {
        var export = CSVExport()
        let bytes = export.row(["order", text])
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(String(decoding: bytes.dropFirst(3), as: UTF8.self) == "order,\(cell)\r\n")
        #expect(export.row(["x"]) == Array("x\r\n".utf8))
        #expect(export.finish().isEmpty)
    }

    /// Reads the file back with Python's own reader of archives and XML, which checks every checksum.
    private func readBack(_ bytes: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).xlsx")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            import sys, zipfile, xml.etree.ElementTree as tree
            space = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
            with zipfile.ZipFile(sys.argv[1]) as archive:
                assert archive.testzip() is None
                for name in archive.namelist(): tree.fromstring(archive.read(name))
                for name in sorted(n for n in archive.namelist() if 'sheet' in n and n.startswith('xl/worksheets')):
                    rows = tree.fromstring(archive.read(name)).iter(space + 'row')
                    print('/'.join('|'.join(c.find('.//' + space + 't').text or '' for c in row) for row in rows))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    @Test func `a workbook is read back as it was written, over several sheets`() throws {
        var export = XLSXExport(rowsPerSheet: 3)
        var bytes = export.row(["订单", "原因"])
        for index in 1...3 { bytes += export.row(["A\(index)", index == 2 ? "=1+1 <&> \u{1}" : "好"]) }
        bytes += export.finish()
        #expect(try readBack(bytes) == "订单|原因/A1|好/A2|=1+1 <&> \u{FFFD}\n订单|原因/A3|好\n")
    }

    @Test func `the list of wrong orders is a file with a row for each finding`() async throws {
        let fixture = try PagesFixture()
        let facts = (0..<70).map { PageFacts.placed("W\($0)", lines: []) }
        try await fixture.holding(facts) {
            fixture.clock.move(by: .hours(48))
            let page = try await fixture.get("/wrong-orders", cookie: "hydrant_lang=en")
            let file = try await fixture.get("/wrong-orders.csv", cookie: "hydrant_lang=en")
            #expect(file.status == 200)
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(file.headers[.contentDisposition]?.hasSuffix(".csv\"") == true)
            let lines = file.text.split(separator: "\r\n")
            let counts = try await fixture.hub.overview().findings
            #expect(lines.count == 1 + Int(counts.reduce(0) { $0 + $1.count }))
            #expect(lines.first?.hasSuffix("Order,Verdict,Kind,Reason,Do first,Since,Last verified") == true)
            #expect(page.text.contains("href=\"/wrong-orders.xlsx\"") == (lines.count > 1))
            #expect(try await fixture.get("/wrong-orders.csv?kind=nonsense").status == 400)
        }
    }
}
