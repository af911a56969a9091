import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

struct CalendarDocumentTests {
    private static let head = "settings: mine\nversion: 1\nflow: {reported: all}\ncalendars:\n"

    private func load(_ calendars: String) throws -> [WorkCalendar] {
        try SettingsDocument.load(text: Self.head + calendars, path: "mine.yaml").calendars
    }

    private func problems(_ calendars: String) -> [String] {
        do {
            _ = try load(calendars)
            return []
        } catch let problems as DocumentProblems {
            return problems.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `the shipped calendar closes at night, and on holidays`() throws {
        let path = ProjectFiles.root + "/Templates/default.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let settings = try SettingsDocument.load(text: text, path: "default.yaml")
        let calendar = try #require(settings.calendar(of: "沈阳仓"))
        #expect(settings.calendar(of: "广州仓") == nil)
        let night = try #require(Instant(text: "2026-11-11T23:00:00+08:00"))
        #expect(calendar.moment(after: night, working: .hours(2)) == Instant(text: "2026-11-12T10:00:00+08:00"))
        let eve = try #require(Instant(text: "2027-02-05T21:00:00+08:00"))
        #expect(calendar.moment(after: eve, working: .hours(2)) == Instant(text: "2027-02-10T09:00:00+08:00"))
    }

    @Test func `hours are one, several, or all day, and what is not named is free`() throws {
        let calendar = try #require(
            try load(
                """
                  - calendar: two shifts
                    warehouses: 沈阳仓
                    timeZone: Asia/Shanghai
                    week: {monday-tuesday: [06:00-14:00, 14:00-24:00], sunday: all day}
                    closed: [2026-10-01 至 2026-10-03]
                    open: {2026-10-10: 09:00-12:30}
                """
            ).first)
        #expect(calendar.name == "two shifts" && calendar.warehouses == ["沈阳仓"])
        let day = [360..<840, 840..<1_440]
        #expect(calendar.week == [day, day, [], [], [], [], [0..<1_440]])
        let first: Int64 = 20_727
        #expect(calendar.dates == [first: [], first + 1: [], first + 2: [], first + 9: [540..<750]])
    }

    @Test(arguments: [
        ("week: {monday: 8-18}", "hours like 08:00-18:00"), ("week: {monday: 22:00-06:00}", "00:00-06:00"),
        ("week: {monday: 08:00-24:30}", "hours like"), ("week: {montag: all day}", "unknown day “montag”"),
        ("week: {friday-monday: all day}", "unknown day"), ("week: {monday: []}", "nothing would ever be late"),
        ("week: {monday-friday: all day, tuesday: all day}", "tuesday is named twice"),
        ("week: {monday: [08:00-12:00, 11:00-13:00]}", "begins before the hours before it end"),
        ("week: {monday: all day}\n    closed: [2026-02-30]", "a date like 2027-02-15"),
        ("week: {monday: all day}\n    closed: [2026-02-03 to 2026-02-01]", "from the earlier to the later"),
        ("week: {monday: all day}\n    closed: [2026-02-03 bis 2026-02-04]", "two like 2027-02-15 to 2027-02-22"),
        ("week: {monday: all day}\n    closed: [2026-02-03]\n    open: {2026-02-03: all day}", "closed and open"),
        ("week: {monday: all day}\n    warehouses: []", "names no warehouse"),
        ("weeks: {monday: all day}", "week"),
    ])
    func `a mistake is named with what to write`(lines: String, message: String) {
        let found = problems("  - calendar: day\n    timeZone: Asia/Shanghai\n    \(lines)\n")
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("mine.yaml:") }, "\(found)")
    }

    @Test(arguments: [
        ("GMT+8", "a", "b", "unknown time zone"), ("Asia/Shanghai", "沈阳仓", "沈阳仓", "has another calendar already"),
    ])
    func `zones and warehouses are checked`(zone: String, first: String, second: String, message: String) {
        let found = problems(
            """
              - {calendar: one, warehouses: [\(first)], timeZone: \(zone), week: {monday: all day}}
              - {calendar: two, warehouses: [\(second)], timeZone: Asia/Shanghai, week: {monday: all day}}
            """)
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    private static let shenyang =
        "  - {calendar: day, warehouses: [沈阳仓], timeZone: UTC, week: {monday: all day}}\n"

    private func loadWithChain(_ chain: String) throws -> Settings {
        let dispatch = chain.isEmpty ? "" : "dispatch:\n  chains:\n    - {\(chain)channels: [sf]}\n"
        return try SettingsDocument.load(text: Self.head + Self.shenyang + dispatch, path: "mine.yaml")
    }

    @Test(arguments: [
        // Nothing else names warehouses, so nothing can be compared.
        ("", false, ""), ("courier: zto, ", false, ""),
        ("warehouse: 沈阳一仓, ", true, "沈阳一仓"), ("warehouse: 广州保税仓, ", true, ""),
    ])
    func `a warehouse that only a calendar names is doubted`(
        chain: String, isComparable: Bool, guess: String
    ) throws {
        let doubt = WarehouseDoubt(
            place: .calendar("day"), warehouse: "沈阳仓", guess: guess.isEmpty ? nil : guess,
            isComparable: isComparable)
        #expect(try loadWithChain(chain).calendarDoubts == [doubt])
        let text = doubt.text
        #expect(text.english.contains("“沈阳仓”") && text.english.contains("unknown warehouse") == isComparable)
        #expect(text.english.contains("Did you mean “沈阳一仓”?") == !guess.isEmpty)
        #expect(text.chinese.contains("未知仓库“沈阳仓”") == isComparable)
        #expect(text.chinese.contains("是不是“沈阳一仓”？") == !guess.isEmpty)
    }

    @Test func `a warehouse that the chains or the origins name is not doubted`() throws {
        #expect(try loadWithChain("warehouse: 沈阳仓, ").calendarDoubts.isEmpty)
        var settings = try loadWithChain("")
        settings.freight.origins = ["沈阳仓": try #require(DeliveryArea(code: "210100"))]
        #expect(settings.calendarDoubts.isEmpty)
        settings.freight.origins = ["沈阳一仓": try #require(DeliveryArea(code: "210100"))]
        #expect(settings.calendarDoubts.map(\.guess) == ["沈阳一仓"])
        settings.calendars[0].warehouses = []
        #expect(settings.calendarDoubts.isEmpty)
    }

    @Test func `the shipped calendars name warehouses that the settings know`() throws {
        let text = try String(contentsOfFile: ProjectFiles.root + "/Templates/default.yaml", encoding: .utf8)
        #expect(try SettingsDocument.load(text: text, path: "default.yaml").calendarDoubts.isEmpty)
    }

    @Test func `only one calendar is for all the others, and names are told apart`() {
        let found = problems(
            """
              - {calendar: one, timeZone: UTC, week: {monday: all day}}
              - {calendar: one, timeZone: UTC, week: {monday: all day}}
            """)
        #expect(found.contains { $0.contains("for all the other warehouses already") }, "\(found)")
        #expect(found.contains { $0.contains("second calendar of the name one") }, "\(found)")
    }
}
