import HydrantCore
import HydrantTesting
import Testing

@Suite struct InstantTests {
    @Test func `known moments`() {
        #expect(Instant(text: "1970-01-01T00:00:00Z") == Instant(milliseconds: 0))
        #expect(Instant(text: "2026-11-11T20:03:11.250+08:00") == Instant(milliseconds: 1_794_398_591_250))
        #expect(Instant(milliseconds: 1_794_398_591_250).text == "2026-11-11T12:03:11.250Z")
        #expect(Instant(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
        #expect(Instant(text: "2000-02-29T12:00:00Z")?.milliseconds == 951_825_600_000)
        #expect(Instant(text: "9999-12-31T23:59:59.999Z")?.milliseconds == 253_402_300_799_999)
    }

    @Test(arguments: [
        "2026-11-11T20:03:11+0800", "2026-11-11 20:03:11+08:00", "2026-11-11t12:03:11z",
        "2026-11-11T12:03:11.000Z", "2026-11-11T12:03:11.0009Z", "2026-11-11T00:33:11-11:30",
    ])
    func `other spellings of the same moment`(text: String) {
        #expect(Instant(text: text) == Instant(milliseconds: 1_794_398_591_000))
    }

    @Test(arguments: [
        "", "2026-11-11", "2026-11-11T20:03:11", "2026-02-30T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z", "2026-1-1T00:00:00Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+08:60", "2026-01-01T00:00:00+8", "2026-01-01T00:00:00Z ",
        " 2026-01-01T00:00:00Z", "2026/01/01T00:00:00Z", "２０２６-01-01T00:00:00Z", "-026-01-01T00:00:00Z",
        "2026-01-01T00:00Z", "2026-01-01T00:00:00ZZ",
    ])
    func `what is not a moment is refused`(text: String) { #expect(Instant(text: text) == nil) }

    @Test func `moments of ten thousand years survive writing and reading`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2_000 {
            let moment = Instant(milliseconds: Int64(random.number(in: -62_167_219_200_000...253_402_300_799_999)))
            #expect(Instant(text: moment.text) == moment)
            let offset = Int64(random.number(in: -18...18)) * 3_600 + 1_800
            let civil = moment.civil(offsetSeconds: offset)
            if (0...9_999).contains(civil.year) { #expect(Instant(civil, offsetSeconds: offset) == moment) }
        }
    }

    /// Counts the days of eight centuries one by one with a calendar of its own.
    @Test func `every day from 1600 to 2400 has its date`() throws {
        var day = CivilDate(year: 1600, month: 1, day: 1)
        let begin = try #require(Instant(day, offsetSeconds: 0))
        var wrong = 0
        for index in 0..<292_194 {
            if (begin + Int64(index) * 86_400_000).civil() != day { wrong += 1 }
            day = followingDay(day)
        }
        #expect(wrong == 0)
        #expect(day == CivilDate(year: 2400, month: 1, day: 1))
    }

    @Test func `moments and lengths add up`() {
        let begin = Instant(milliseconds: 1_000)
        #expect(begin + .seconds(2) - begin == 2_000)
        #expect(begin - .minutes(1) == Instant(milliseconds: -59_000))
        #expect(Milliseconds.hours(2) == 7_200_000)
        #expect(begin < begin + 1)
        #expect("\(begin)" == "1970-01-01T00:00:01.000Z")
    }

    @Test func `lengths in words`() {
        #expect(durationText(.seconds(59)) == Text(chinese: "0 分钟", english: "0 min"))
        #expect(durationText(.minutes(59)) == Text(chinese: "59 分钟", english: "59 min"))
        #expect(durationText(.minutes(200)) == Text(chinese: "3 小时 20 分", english: "3 h 20 min"))
        #expect(durationText(.hours(50)) == Text(chinese: "2 天 2 小时", english: "2 d 2 h"))
        #expect(durationText(-5) == Text(chinese: "0 分钟", english: "0 min"))
        #expect(durationText(.hours(1))[.english] == "1 h 0 min" && durationText(.hours(1))[.chinese] == "1 小时 0 分")
    }

    @Test func `amounts in words`() {
        #expect([0, 5, 1_234, -1_234, -5].map(amountText(minor:)) == ["0.00", "0.05", "12.34", "-12.34", "-0.05"])
        #expect(amountText(minor: .min) == "-92233720368547758.08")
        #expect(paddedDecimal(7, width: 3) == "007" && paddedDecimal(1_234, width: 3) == "1234")
    }
}

private func followingDay(_ day: CivilDate) -> CivilDate {
    var next = day
    next.day += 1
    if next.isValid { return next }
    next.day = 1
    next.month += 1
    if next.isValid { return next }
    return CivilDate(year: day.year + 1, month: 1, day: 1)
}
