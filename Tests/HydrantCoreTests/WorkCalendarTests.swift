import HydrantCore
import HydrantTesting
import Testing

@Suite struct WorkCalendarTests {
    private static let shanghai = ZoneTable(identifier: "Asia/Shanghai", pieces: [.init(from: 0, offset: 28_800)])
    /// Monday to Friday from 8 to 12 and from 13 to 18, Saturday in the morning.
    private static let week = (0..<7).map { day in
        day < 5 ? [480..<720, 780..<1_080] : day == 5 ? [480..<720] : []
    }

    private static func calendar(_ change: (inout WorkCalendar) -> Void = { _ in }) -> WorkCalendar {
        var calendar = WorkCalendar(name: "day shift", zone: shanghai, week: week)
        change(&calendar)
        return calendar
    }

    private static func at(_ text: String) throws -> Instant { try #require(Instant(text: text + ":00+08:00")) }

    /// 2026-11-23 is a Monday.
    @Test(arguments: [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"), ("2026-11-23 11:00", 2, "2026-11-23 14:00"),
        ("2026-11-23 11:00", 1, "2026-11-23 12:00"), ("2026-11-23 12:30", 1, "2026-11-23 14:00"),
        ("2026-11-23 17:00", 2, "2026-11-24 09:00"), ("2026-11-23 22:00", 2, "2026-11-24 10:00"),
        ("2026-11-23 03:00", 2, "2026-11-23 10:00"), ("2026-11-27 17:00", 2, "2026-11-28 09:00"),
        ("2026-11-28 11:00", 3, "2026-11-30 10:00"), ("2026-11-29 11:00", 4, "2026-11-30 12:00"),
        ("2026-11-23 08:00", 72, "2026-12-02 14:00"), ("2026-11-23 20:00", 0, "2026-11-23 20:00"),
    ])
    func `only working time passes`(from: String, hours: Int64, to: String) throws {
        #expect(Self.calendar().moment(after: try Self.at(from), working: .hours(hours)) == (try Self.at(to)))
    }

    @Test func `a holiday is free, and an open date has hours of its own`() throws {
        let monday = try Self.at("2026-11-23 00:00").milliseconds + .hours(8)
        let calendar = Self.calendar {
            $0.dates = [monday / .hours(24): [], monday / .hours(24) - 1: [600..<660]]
        }
        let begin = try Self.at("2026-11-21 11:00")
        #expect(calendar.moment(after: begin, working: .hours(3)) == (try Self.at("2026-11-24 09:00")))
    }

    @Test func `clocks that are put forward take an hour from the shift`() throws {
        // Central Europe, 2027-03-28: 02:00 becomes 03:00.
        let change = try #require(Instant(text: "2027-03-28T01:00:00Z"))
        let zone = ZoneTable(
            identifier: "Europe/Berlin",
            pieces: [.init(from: 0, offset: 3_600), .init(from: change.milliseconds / 1_000, offset: 7_200)])
        let calendar = WorkCalendar(name: "night", zone: zone, week: Array(repeating: [0..<360], count: 7))
        let begin = try #require(Instant(text: "2027-03-28T00:00:00+01:00"))
        #expect(calendar.moment(after: begin, working: .hours(5)) == Instant(text: "2027-03-28T06:00:00+02:00"))
        #expect(calendar.moment(after: begin, working: .hours(6)) == Instant(text: "2027-03-29T01:00:00+02:00"))
    }

    /// Against counting every minute.
    @Test func `any week, any beginning, any length`() throws {
        var random = SplitMix64(seed: 20_261_123)
        for _ in 0..<300 {
            let week = (0..<7).map { _ in Self.day(&random) }
            guard week.contains(where: { !$0.isEmpty }) else { continue }
            let holiday = Int64(random.next() % 30) + 20_700
            let calendar = Self.calendar {
                $0.week = week
                $0.dates = [holiday: Self.day(&random), holiday + 1: []]
            }
            let begin = Instant(milliseconds: (20_700 * 1_440 + Int64(random.next() % 20_000)) * .minutes(1))
            let minutes = Int64(random.next() % 3_000)
            var moment = begin
            var left = minutes
            while left > 0 {
                let local = moment.milliseconds + .hours(8)
                let minute = Int(local / .minutes(1) % 1_440)
                if calendar.shifts(on: local / .hours(24)).contains(where: { $0.contains(minute) }) { left -= 1 }
                moment = moment + .minutes(1)
            }
            #expect(calendar.moment(after: begin, working: .minutes(minutes)) == moment)
        }
    }

    private static func day(_ random: inout SplitMix64) -> [WorkCalendar.Shift] {
        let ends = (0..<4).map { _ in Int(random.next() % 1_441) }.sorted()
        return [ends[0]..<ends[1], ends[2]..<ends[3]].filter { !$0.isEmpty }
    }

    // MARK: - Orders

    /// Paid on a Monday at 20:00 in a warehouse that begins at 8.
    private static func order(
        _ settings: Settings, warehouse: String = "沈阳仓"
    ) throws -> (order: Order, paid: Instant) {
        let begin = try at("2026-11-23 20:00")
        var story = OrderStory(order: "SO-1", begin: begin)
        for number in 0...1 {
            var body = OrderStory.proof(of: number, order: "SO-1")
            if case .orderPlaced(var header) = body {
                header.warehouse = warehouse
                body = .orderPlaced(header)
            }
            story.say(body, minute: 0)
        }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return (scenario.order, begin)
    }

    private static var settings: Settings {
        var settings = Settings()
        settings.calendars = [calendar { $0.warehouses = ["沈阳仓"] }]
        return settings
    }

    @Test func `what is paid at night does not dwell before the warehouse has had its two hours`() throws {
        let (order, paid) = try Self.order(Self.settings)
        let limit = try Self.at("2026-11-24 10:00")
        #expect(order.overdueAfter(Self.settings) == limit)
        #expect(!order.healthContribution(settings: Self.settings, now: limit).dwelled)
        #expect(order.healthContribution(settings: Self.settings, now: limit).changesAt == limit + 1)
        #expect(order.healthContribution(settings: Self.settings, now: limit + 1).dwelled)
        let (elsewhere, _) = try Self.order(Self.settings, warehouse: "广州仓")
        #expect(elsewhere.overdueAfter(Self.settings) == paid + .hours(2))
        #expect(elsewhere.healthContribution(settings: Self.settings, now: paid + .hours(2) + 1).dwelled)
    }

    @Test func `stock that is not locked at night is late, and wrong after four working hours`() throws {
        let (order, paid) = try Self.order(Self.settings)
        func verdict(_ now: Instant) -> Verdict? {
            order.findings(settings: Self.settings, now: now).first { $0.kind == .paidNotLocked }?.verdict
        }
        #expect(verdict(paid + .hours(5)) == .late)
        #expect(verdict(try Self.at("2026-11-24 11:59")) == .late)
        #expect(verdict(try Self.at("2026-11-24 12:00")) == .wrong)
    }

    @Test func `a calendar without warehouses is for those that no other names`() {
        var settings = Self.settings
        #expect(settings.calendar(of: "广州仓") == nil)
        settings.calendars.insert(Self.calendar { $0.name = "all" }, at: 0)
        #expect(settings.calendar(of: "广州仓")?.name == "all")
        #expect(settings.calendar(of: "沈阳仓")?.name == "day shift")
    }
}
