internal import HydrantCore

/// Reads when warehouses work.
struct CalendarReader {
    private typealias Shift = WorkCalendar.Shift

    private static let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    private static let hoursAdvice = "must be hours like 08:00-18:00, several of them in a list, or “all day”"
    private static let mostDates = 1_000
    private static let mostItems = 500

    func calendars(_ value: DocumentValue) -> [WorkCalendar] {
        var calendars: [WorkCalendar] = []
        for item in value.items() ?? [] {
            guard let calendar = calendar(item) else { continue }
            if calendars.contains(where: { $0.name == calendar.name }) {
                item.problem("is the second calendar of the name \(calendar.name)")
            }
            let taken = calendars.flatMap(\.warehouses)
            if let twice = calendar.warehouses.first(where: taken.contains) {
                item.problem("the warehouse \(twice) has another calendar already")
            }
            if calendar.warehouses.isEmpty, calendars.contains(where: { $0.warehouses.isEmpty }) {
                item.problem("names no warehouse, and another calendar is for all the other warehouses already")
            }
            calendars.append(calendar)
        }
        return calendars
    }

    private func calendar(_ value: DocumentValue) -> WorkCalendar? {
        let allowed = ["calendar", "warehouses", "timeZone", "week", "closed", "open"]
        guard let group = value.group(allowed: allowed, required: ["calendar", "timeZone", "week"]),
            let name = group["calendar"]?.name(maximum: 60), let zone = group["timeZone"].flatMap(readZone),
            let week = group["week"].flatMap(week)
        else { return nil }
        var calendar = WorkCalendar(name: name, zone: zone, week: week)
        if let warehouses = group["warehouses"] {
            calendar.warehouses = warehouses.itemsOrOne().compactMap { $0.name() }
            if calendar.warehouses.isEmpty {
                warehouses.problem("names no warehouse; leave it out for all warehouses without another calendar")
            }
        }
        let closed = group["closed"]?.itemsOrOne() ?? []
        if closed.count > Self.mostItems { group["closed"]?.problem("has more than \(Self.mostItems) entries") }
        for item in closed.prefix(Self.mostItems) {
            for day in dates(item) { calendar.dates[day] = [] }
        }
        for (text, key, hours) in group["open"]?.members() ?? [] {
            guard let day = date(text, key) else { continue }
            if calendar.dates[day] != nil { key.problem("\(text) is closed and open") }
            calendar.dates[day] = shifts(hours)
        }
        return calendar
    }

    // MARK: - Days

    /// Days that are not named are free.
    private func week(_ value: DocumentValue) -> [[Shift]]? {
        guard let members = value.members() else { return nil }
        var week = [[Shift]](repeating: [], count: 7)
        var named: Set<Int> = []
        for (name, key, hours) in members {
            guard let days = weekdays(name) else {
                key.problem(notAllowed("unknown day", name, allowed: Self.days + ["monday-friday"]))
                continue
            }
            let shifts = shifts(hours)
            for day in days {
                if !named.insert(day).inserted { key.problem("\(Self.days[day]) is named twice") }
                week[day] = shifts
            }
        }
        guard week.contains(where: { !$0.isEmpty }) else {
            value.problem("has no hour in which anybody works; nothing would ever be late")
            return nil
        }
        return week
    }

    /// A day, or the first and the last of some.
    private func weekdays(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let numbers = ends.compactMap { Self.days.firstIndex(of: $0.lowercased()) }
        guard (1...2).contains(ends.count), numbers.count == ends.count, let first = numbers.first,
            let last = numbers.last, first <= last
        else { return nil }
        return first...last
    }

    // MARK: - Dates

    /// One date, or the first and the last of some: `2027-02-15 to 2027-02-22`.
    private func dates(_ value: DocumentValue) -> ClosedRange<Int64> {
        let nothing: ClosedRange<Int64> = 0...0
        guard let text = value.text() else { return nothing }
        let ends = text.split(separator: " ")
        guard ends.count == 1 || ends.count == 3 && ["to", "至"].contains(ends[1]) else {
            value.problem("must be a date like 2027-02-15, or two like 2027-02-15 to 2027-02-22, is “\(text)”")
            return nothing
        }
        guard let first = date(String(ends[0]), value), let last = date(String(ends[ends.count - 1]), value) else {
            return nothing
        }
        guard first <= last, last - first < Self.mostDates else {
            value.problem("“\(text)” must be from the earlier to the later date, and less than \(Self.mostDates) days")
            return nothing
        }
        return first...last
    }

    /// Days since 1970-01-01.
    private func date(_ text: String, _ place: DocumentValue) -> Int64? {
        if text.utf8.count == 10, let midnight = Instant(text: "\(text)T00:00:00Z"), midnight.milliseconds > 0 {
            return midnight.milliseconds / .hours(24)
        }
        place.problem("must be a date like 2027-02-15, is “\(text)”")
        return nil
    }

    // MARK: - Hours

    private func shifts(_ value: DocumentValue) -> [Shift] {
        var shifts: [Shift] = []
        for item in value.itemsOrOne() {
            guard let shift = shift(item) else { continue }
            if let before = shifts.last, before.upperBound > shift.lowerBound {
                item.problem("begins before the hours before it end")
            }
            shifts.append(shift)
        }
        return shifts
    }

    private func shift(_ value: DocumentValue) -> Shift? {
        guard let text = value.text() else { return nil }
        if text == "all day" { return 0..<1_440 }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { minutes(String($0)) }
        guard ends.count == 2, let from = ends[0], let to = ends[1] else {
            value.problem("\(Self.hoursAdvice), is “\(text)”")
            return nil
        }
        guard from < to else {
            value.problem(
                "“\(text)” ends before it begins. Where people work past midnight write two of them: 22:00-24:00, and "
                    + "00:00-06:00 at the next day")
            return nil
        }
        return from..<to
    }

    private func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }
}
