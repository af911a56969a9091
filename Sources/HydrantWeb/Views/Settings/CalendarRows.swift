import HydrantCore

/// The working calendars of warehouses as a page shows them: days in a row with the same hours are one line.
struct CalendarRows {
    let words: Words

    init(_ words: Words) { self.words = words }

    func rows(_ calendars: [WorkCalendar]) -> [Bindings] {
        calendars.map { calendar in
            let named = calendar.warehouses.joined(separator: words("interceptor_comma"))
            return [
                "name": calendar.name + " · " + calendar.zone.identifier,
                "warehouses": named.isEmpty ? words("settings_every_warehouse") : named,
                "days": (week(calendar) + dates(calendar)).map { ["day": $0.0, "hours": $0.1] },
            ]
        }
    }

    private func week(_ calendar: WorkCalendar) -> [(String, String)] {
        grouped(Array(zip(Int64(1)...7, calendar.week))) { words("weekday_\($0)") }
    }

    private func dates(_ calendar: WorkCalendar) -> [(String, String)] {
        grouped(calendar.dates.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) {
            Instant(milliseconds: $0 * .hours(24)).civil().dateText
        }
    }

    private func grouped(
        _ days: [(number: Int64, shifts: [WorkCalendar.Shift])], _ name: (Int64) -> String
    ) -> [(String, String)] {
        var groups: [(first: Int64, last: Int64, shifts: [WorkCalendar.Shift])] = []
        for (number, shifts) in days {
            if let last = groups.last, last.last == number - 1, last.shifts == shifts {
                groups[groups.count - 1].last = number
            } else {
                groups.append((number, number, shifts))
            }
        }
        return groups.map { group in
            let day = group.first == group.last ? name(group.first) : name(group.first) + " – " + name(group.last)
            return (day, hours(group.shifts))
        }
    }

    private func hours(_ shifts: [WorkCalendar.Shift]) -> String {
        if shifts.isEmpty { return words("settings_calendar_free") }
        if shifts == [0..<1_440] { return words("settings_calendar_all_day") }
        return shifts.map { "\(clock($0.lowerBound))–\(clock($0.upperBound))" }.joined(separator: ", ")
    }

    private func clock(_ minute: Int) -> String {
        "\(paddedDecimal(minute / 60, width: 2)):\(paddedDecimal(minute % 60, width: 2))"
    }
}
