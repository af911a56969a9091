import Foundation
import HydrantCore
import HydrantEngine
import Testing

/// What connectors write down, in both languages.
@Suite struct DetailTextTests {
    @Test(arguments: [
        ("passed", "通过"), ("5 scans", "5 条扫描记录"), ("zto has no scans yet", "zto 还没有扫描记录"),
        ("submitted, without a number", "已提交，没有返回编号"), ("submitted, D-7", "已提交，编号 D-7"),
        ("the reply of a is not readable (HTTP 500)", "a 的答复无法读取（HTTP 500）"),
        // A sentence in a sentence.
        ("no connection in time; not sent within 30 minutes", "未能及时连接；30 分钟内没有发出"),
        (
            "sf can only be asked by ordering again, and the parcel has left",
            "sf 只能重新下单才能查询，而包裹已发出"
        ),
    ])
    func `the hub's own words are in Chinese too`(detail: String, chinese: String) {
        #expect(detailText(detail) == Text(chinese: chinese, english: detail))
    }

    @Test(arguments: ["库存不足", "8018 limit", "passed over", " scans", ", and the parcel has left", "busy", ""])
    func `what a system said itself stays as it is`(detail: String) {
        #expect(detailText(detail) == Text(chinese: detail, english: detail))
    }

    @Test func `one scan is one`() {
        #expect(detailText("1 scans") == Text(chinese: "1 条扫描记录", english: "1 scan"))
    }

    @Test func `every sentence that stands in the connectors has its Chinese`() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        var count = 0
        for folder in ["HydrantConnectors", "HydrantEngine"] {
            let path = root.appendingPathComponent("Sources/\(folder)")
            let files = try #require(FileManager.default.enumerator(at: path, includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let source = try String(contentsOf: file, encoding: .utf8)
                for found in source.matches(of: /detail: "([^"\\]*(?:\\\([^"()]*\)[^"\\]*)*)"/) {
                    let detail = found.output.1.replacing(/\\\([^()]*\)/, with: "X")
                    guard detail.contains(/[a-z]{2}/) else { continue }
                    count += 1
                    #expect(detailText(String(detail)).chinese != detail, "\(file.lastPathComponent): \(detail)")
                }
            }
        }
        #expect(count > 60)
    }
}
