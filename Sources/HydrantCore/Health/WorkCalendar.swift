/// When a warehouse works. Where it has a calendar, only working time counts towards how long an order may stay in a
/// state.
package struct WorkCalendar: Hashable, Sendable {
    /// From a minute of the day to another one, 0 to 1,440; rising and apart from each other within a day.
    package typealias Shift = Range<Int>

    package var name: String
    /// The warehouses that work by it; empty for every warehouse that no calendar names.
    package var warehouses: [String]
    package var zone: ZoneTable
    /// Monday first.
    package var week: [[Shift]]
    /// Dates that are otherwise than their day of the week, by days since 1970-01-01: no shift is a holiday.
    package var dates: [Int64: [Shift]]

    package init(
        name: String, warehouses: [String] = [], zone: ZoneTable, week: [[Shift]], dates: [Int64: [Shift]] = [:]
    ) {
        precondition(week.count == 7, "calendar \(name) has \(week.count) days of the week")
        self.name = name
        self.warehouses = warehouses
        self.zone = zone
        self.week = week
        self.dates = dates
    }

    private static let minute: Int64 = .minutes(1)
    private static let dayLength: Int64 = .hours(24)
    /// So many days ahead are looked at; documents whose weeks have no hour are refused.
    private static let daysAhead: Int64 = 40_000

    /// When so much working time has passed since a moment; the moment itself when none has to.
    package func moment(after begin: Instant, working length: Milliseconds) -> Instant {
        #if HYDRANT_MUTANTS
            if Mutant.nightsCount.isOn { return begin + length }
        #endif
        guard length > 0 else { return begin }
        var left = length
        let firstDay = Self.day(of: zone.local(begin))
        for day in firstDay..<firstDay + Self.daysAhead {
            for shift in shifts(on: day) {
                let from = max(begin, moment(day, shift.lowerBound))
                let to = moment(day, shift.upperBound)
                guard to > from else { continue }
                if to - from >= left { return from + left }
                left -= to - from
            }
        }
        return begin + Self.daysAhead * Self.dayLength
    }

    /// The shifts of a date, by days since 1970-01-01.
    package func shifts(on day: Int64) -> [Shift] {
        // 1970-01-01 was a Thursday.
        dates[day] ?? week[Int(((day + 3) % 7 + 7) % 7)]
    }

    private func moment(_ day: Int64, _ minute: Int) -> Instant {
        zone.moment(local: day * Self.dayLength + Int64(minute) * Self.minute)
    }

    private static func day(of local: Int64) -> Int64 {
        local >= 0 ? local / dayLength : (local - dayLength + 1) / dayLength
    }
}

extension Settings {
    /// The calendar of a warehouse; nil where its clock never stops.
    package func calendar(of warehouse: String) -> WorkCalendar? {
        calendars.first { $0.warehouses.contains(warehouse) } ?? calendars.first { $0.warehouses.isEmpty }
    }
}

extension Order {
    /// The warehouse that has the order: the one that packed its first parcel, or the one that is meant to; empty
    /// while none is known.
    package var homeWarehouse: String {
        parcels.lazy.map { warehouse(of: $0.id) }.first { !$0.isEmpty } ?? header?.value.warehouse ?? ""
    }

    /// When an order that waits since a moment has waited for so long, by the clock of its warehouse.
    func deadline(since begin: Instant, _ length: Milliseconds, _ settings: Settings) -> Instant {
        guard !settings.calendars.isEmpty, let calendar = settings.calendar(of: homeWarehouse) else {
            return begin + length
        }
        return calendar.moment(after: begin, working: length)
    }
}
