import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

/// The addresses of warehouses in the settings document.
struct SenderDocumentTests {
    private static let head = "settings: mine\nversion: 1\nflow: {reported: all}\n"
    private static let place = "province: 湖北省, city: 武汉市, district: 东西湖区, street: 革新大道 501 号"
    private static let wuhan = "{warehouse: 武汉仓, name: 一号仓, phone: 027-55550107, \(place)}"

    private func load(_ senders: [String], _ more: String = "") throws -> Settings {
        let text = Self.head + "dispatch:\n  senders:\n" + senders.map { "    - \($0)\n" }.joined() + more
        return try SettingsDocument.load(text: text, path: "mine.yaml")
    }

    private func problems(_ senders: [String]) -> [String] {
        do {
            _ = try load(senders)
            return []
        } catch let problems as DocumentProblems {
            return problems.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `a warehouse has its own address, and all the others one together`() throws {
        let general = "{name: 总仓, phone: \"4000000000\", province: 上海市, city: 上海市, district: 青浦区, street: 1 号}"
        let settings = try load([Self.wuhan, general])
        let house = Receiver(
            name: "一号仓", phone: "027-55550107", province: "湖北省", city: "武汉市", district: "东西湖区",
            address: "革新大道 501 号")
        #expect(settings.house(warehouse: "武汉仓") == house)
        #expect(settings.house(warehouse: "沈阳仓")?.name == "总仓" && settings.house(warehouse: "")?.name == "总仓")
        #expect(try load([Self.wuhan]).house(warehouse: "沈阳仓") == nil)
    }

    @Test(arguments: [
        (
            "{warehouse: 武汉仓, name: 一号仓, province: 湖北省, city: 武汉市, district: 东西湖区, street: 1 号}",
            "the sender of the warehouse 武汉仓 lacks phone; write them down"
        ),
        ("{name: 一号仓, phone: 027-55550107}", "of all other warehouses lacks province, city, district, street"),
        ("{name: 一号仓, phone: 12345, \(place)}", "telephone number of 7 to 20 digits like"),
        ("{name: 一号仓, phone: 027-5555010x, \(place)}", "is “027-5555010x”"),
        ("{name: \" \", phone: 027-55550107, \(place)}", "name: is blank"),
        ("{name: \"\", phone: 027-55550107, \(place)}", "must have 1 to 100 characters"),
        (
            "{name: 一号仓, phone: 027-55550107, province: 湖北省, city: 廊坊市, district: 广阳区, street: 1 号}",
            "is no official province and city"
        ),
        (
            "{name: 一号仓, phone: 027-55550107, province: 湖北省, city: 无此市, district: 广阳区, street: 1 号}",
            "“湖北省无此市” is no official province and city"
        ),
        ("{name: 一号仓, phone: 027-55550107, \(place), fax: 1}", "unknown key “fax”"),
    ])
    func `what couriers cannot use is refused with its place and what to write`(sender: String, words: String) {
        let found = problems([sender])
        #expect(found.count == 1 && found[0].contains("dispatch.senders[0]") && found[0].contains(words), "\(found)")
        #expect(found.first?.hasPrefix("mine.yaml:6:") == true, "\(found)")
    }

    @Test func `a warehouse has one address, and one is for all the others`() {
        let twice = problems([Self.wuhan, Self.wuhan])
        #expect(twice.count == 1 && twice[0].contains("senders[1]: is the second sender of the warehouse 武汉仓"))
        let general = "{name: 一号仓, phone: 027-55550107, \(Self.place)}"
        let both = problems([general, general])
        #expect(both.count == 1 && both[0].contains("another sender is for all the other warehouses already"))
        #expect(problems([Self.wuhan, general]).isEmpty)
    }

    @Test func `a zone of development may stand for a district, and a district of another city may not`() {
        func sender(_ district: String) -> String {
            "{name: 一号仓, phone: 027-55550107, province: 湖北省, city: 武汉市, district: \(district), street: 1 号}"
        }
        #expect(problems([sender("东湖新技术开发区")]).isEmpty)
        let found = problems([sender("越秀区")])
        #expect(found.count == 1 && found.first?.contains("“越秀区” does not lie in 湖北省武汉市") == true, "\(found)")
    }

    @Test(
        arguments: [
            ("", false, nil), ("  chains: [{channels: [sf]}]\n", false, nil),
            ("  chains: [{warehouse: 武汉一仓, channels: [sf]}]\n", true, "武汉一仓"),
            ("  chains: [{warehouse: 广州保税仓, channels: [sf]}]\n", true, nil),
        ] as [(String, Bool, String?)])
    func `a warehouse that only a sender names is doubted`(
        more: String, isComparable: Bool, guess: String?
    ) throws {
        let doubt = WarehouseDoubt(place: .sender, warehouse: "武汉仓", guess: guess, isComparable: isComparable)
        #expect(try load([Self.wuhan], more).senderDoubts == [doubt])
        #expect(doubt.text.english.contains("unknown warehouse “武汉仓”") == isComparable)
        #expect(doubt.text.chinese.contains("未知仓库“武汉仓”") == isComparable)
        #expect(doubt.text.english.contains("Did you mean") == (guess != nil))
    }

    @Test func `a warehouse that a chain, an origin or a calendar names is known`() throws {
        #expect(try load([Self.wuhan], "  chains: [{warehouse: 武汉仓, channels: [sf]}]\n").senderDoubts.isEmpty)
        let calendar = "calendars: [{calendar: day, warehouses: 武汉仓, timeZone: UTC, week: {monday: all day}}]\n"
        #expect(try load([Self.wuhan], calendar).senderDoubts.isEmpty)
        var settings = try load([Self.wuhan])
        settings.freight.origins = ["武汉仓": try #require(DeliveryArea(code: "420100"))]
        #expect(settings.senderDoubts.isEmpty)
    }

    @Test func `the shipped settings give their warehouses addresses of their own`() throws {
        let text = try String(contentsOfFile: ProjectFiles.root + "/Templates/default.yaml", encoding: .utf8)
        let settings = try SettingsDocument.load(text: text, path: "default.yaml")
        #expect(settings.senderDoubts.isEmpty && settings.house(warehouse: "武汉仓")?.city == "武汉市")
        // Who takes the template over gets nobody else's address for a warehouse of their own.
        #expect(settings.house(warehouse: "FRONT-1") == nil)
        for chain in settings.dispatch.chains {
            guard let warehouse = chain.warehouse else { continue }
            #expect(settings.dispatch.senders.contains { $0.warehouse == warehouse }, "\(warehouse)")
        }
    }
}
