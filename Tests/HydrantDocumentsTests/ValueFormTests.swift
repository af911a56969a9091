import HydrantCore
import Testing

@testable import HydrantDocuments

struct DecimalTextTests {
    private func scaled(_ text: String, _ decimals: Int = 2, separator: Character = ".") -> Int64? {
        DecimalText(text.utf8, separator: separator.asciiValue ?? 0)?.scaled(decimals: decimals)
    }

    @Test func `amounts become minor units exactly`() {
        #expect(scaled("188.73") == 18_873)
        #expect(scaled("0.1") == 10)
        #expect(scaled("7") == 700)
        #expect(scaled("-4024.6") == -402_460)
        #expect(scaled("+5.00") == 500)
        #expect(scaled(".5") == 50)
        #expect(scaled("1000.000") == 100_000)
        #expect(scaled("0.29") == 29)
        #expect(scaled("90071992547409.93") == 9_007_199_254_740_993)
        #expect(scaled("12,5", separator: ",") == 1_250)
        #expect(scaled("3.0", 0) == 3)
    }

    @Test(arguments: ["", "-", ".", "1.2.3", "1,234.5", "1e5", "12 ", "0.125", "99999999999999999999", "NaN", "１"])
    func `what is not such a number is refused`(text: String) { #expect(scaled(text) == nil) }

    @Test func `every cent from minus to plus 3,000 comes back`() {
        for cents in Int64(-3_000)...3_000 {
            let magnitude = Int(cents.magnitude)
            let text = "\(cents < 0 ? "-" : "")\(magnitude / 100).\(paddedDecimal(magnitude % 100, width: 2))"
            #expect(scaled(text) == cents)
        }
    }
}

struct DateFormatTests {
    private func date(_ format: String, _ text: String) -> String? {
        guard let (date, offset) = DateFormat(format)?.date(Array(text.utf8)[...]) else { return nil }
        let zone = offset.map { " \($0)" } ?? ""
        return "\(date.dateText) \(date.timeText).\(date.millisecond)\(zone)"
    }

    @Test func `dates are read as the format says`() {
        #expect(date("yyyy-MM-dd HH:mm:ss", "2018-02-28 23:57:18") == "2018-02-28 23:57:18.0")
        #expect(date("MM-dd-yy", "04-25-22") == "2022-04-25 00:00:00.0")
        #expect(date("dd.MM.yy", "01.02.99") == "1999-02-01 00:00:00.0")
        #expect(date("M/d/yyyy H:mm", "4/5/2022 7:03") == "2022-04-05 07:03:00.0")
        #expect(date("M/d/yyyy H:mm", "12/31/2022 17:03") == "2022-12-31 17:03:00.0")
        #expect(date("yyyyMMdd HHmmss", "20020107 120555") == "2002-01-07 12:05:55.0")
        #expect(
            date("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-11-11T20:03:11.250+08:00") == "2026-11-11 20:03:11.250 28800")
        #expect(date("yyyy-MM-dd HH:mm:ssX", "2026-11-11 20:03:11Z") == "2026-11-11 20:03:11.0 0")
        #expect(date("yyyy年M月d日", "2020年2月21日") == "2020-02-21 00:00:00.0")
    }

    @Test func `a text that is written otherwise, or is no date, is refused`() {
        #expect(date("yyyy-MM-dd", "2018-02-30") == nil)
        #expect(date("yyyy-MM-dd", "2018-13-01") == nil)
        #expect(date("yyyy-MM-dd", "2018-2-3") == nil)
        #expect(date("yyyy-MM-dd", "2018-02-03 ") == nil)
        #expect(date("yyyy-MM-dd HH:mm", "2018-02-03 24:00") == nil)
        #expect(date("MM-dd-yy", "04-01-2022") == nil)
        #expect(date("MM-dd-yyyy", "04-01-22") == nil)
        #expect(date("yyyy-MM-dd HH:mm:ssXXX", "2018-02-03 10:00:00") == nil)
    }

    @Test(arguments: ["", "HH:mm", "yyyy-MM", "yyyy-MM-dd dd", "yyyyy-MM-dd", "DD-MM-YYYY", "yyyy-MM-dd'T"])
    func `a format without year, month and day, or with other letters, is refused`(text: String) {
        #expect(DateFormat(text) == nil)
    }
}

struct ZoneTableTests {
    private func moment(_ zone: String, _ date: CivilDate) throws -> String {
        let table = try #require(ZoneTable(identifier: zone))
        return try #require(table.moment(date)).text
    }

    @Test func `local dates become moments, in summer and in winter time`() throws {
        let winter = CivilDate(year: 2017, month: 1, day: 10, hour: 12)
        let summer = CivilDate(year: 2017, month: 7, day: 10, hour: 12)
        #expect(try moment("America/Sao_Paulo", winter) == "2017-01-10T14:00:00.000Z")
        #expect(try moment("America/Sao_Paulo", summer) == "2017-07-10T15:00:00.000Z")
        #expect(try moment("Europe/Berlin", winter) == "2017-01-10T11:00:00.000Z")
        #expect(try moment("Europe/Berlin", summer) == "2017-07-10T10:00:00.000Z")
        #expect(try moment("Asia/Shanghai", winter) == "2017-01-10T04:00:00.000Z")
        #expect(try moment("Asia/Kolkata", winter) == "2017-01-10T06:30:00.000Z")
        #expect(try moment("UTC", winter) == "2017-01-10T12:00:00.000Z")
    }

    @Test func `the hour that happens twice is taken the first time`() throws {
        let date = CivilDate(year: 2017, month: 10, day: 29, hour: 2, minute: 30)
        #expect(try moment("Europe/Berlin", date) == "2017-10-29T00:30:00.000Z")
        let after = CivilDate(year: 2017, month: 10, day: 29, hour: 3)
        #expect(try moment("Europe/Berlin", after) == "2017-10-29T02:00:00.000Z")
    }

    @Test func `a time that summer time jumps over is counted on from before the jump`() throws {
        let date = CivilDate(year: 2017, month: 3, day: 26, hour: 2, minute: 30)
        #expect(try moment("Europe/Berlin", date) == "2017-03-26T01:30:00.000Z")
        // São Paulo jumps at midnight.
        let midnight = CivilDate(year: 2017, month: 10, day: 15)
        #expect(try moment("America/Sao_Paulo", midnight) == "2017-10-15T03:00:00.000Z")
    }

    @Test func `moments never run backwards while local time runs on, but for the doubled hours`() throws {
        let table = try #require(ZoneTable(identifier: "America/Sao_Paulo"))
        let begin = try #require(Instant(CivilDate(year: 2010, month: 1, day: 1), offsetSeconds: 0))
        var last: Instant?
        var repeated = 0
        for hour in Int64(0)..<(24 * 365 * 9) {
            let moment = try #require(table.moment((begin + .hours(hour)).civil()))
            if let last, moment <= last { repeated += 1 }
            last = moment
        }
        // The nine springs in which the hour after midnight does not exist: it falls together with the next one.
        #expect(repeated == 9)
    }

    @Test(arguments: ["GMT+8", "CST", "Asia/Shangai", "", "8", "../etc/passwd"])
    func `a zone that does not exist or is ambiguous is refused`(name: String) {
        #expect(ZoneTable(identifier: name) == nil)
    }
}
