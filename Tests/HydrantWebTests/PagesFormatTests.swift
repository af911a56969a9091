import HydrantCore
import HydrantWeb
import Testing

@Suite struct PagesFormatTests {
    private let now = PagesFixture.begin

    private func formats(_ language: Language) throws -> Formats {
        Formats(words: try #require(try PageFiles().words[language]), now: now)
    }

    @Test func `times are shown in the zone of China whatever the machine's is`() throws {
        let formats = try formats(.chinese)
        #expect(formats.minute(now) == "2026-11-11 20:00")
        #expect(formats.exact(now + 1_250) == "2026-11-11 20:00:01.250 +08:00")
        #expect(formats.minute(now + .hours(4)) == "2026-11-12 00:00")
    }

    @Test func `how long ago, and how long until, in both languages`() throws {
        let chinese = try formats(.chinese)
        let english = try formats(.english)
        #expect(chinese.relative(now - 59_999) == "刚刚")
        #expect(chinese.relative(now - .minutes(3)) == "3 分钟前")
        #expect(english.relative(now - .hours(26)) == "1 d 2 h ago")
        #expect(english.relative(now + .minutes(5)) == "in 5 min")
        #expect(english.relative(now - .hours(24 * 3_722 + 9)) == "10 years ago")
    }

    @Test func `a length is rounded to the nearest minute, and whole hours have none`() throws {
        let chinese = try formats(.chinese)
        let english = try formats(.english)
        #expect(english.length(.hours(2) - 1) == "2 h" && chinese.length(.hours(2) - 1) == "2 小时")
        #expect(english.length(.hours(2) - .seconds(31)) == "1 h 59 min")
        #expect(english.length(.minutes(90)) == "1 h 30 min" && english.length(.seconds(20)) == "0 min")
    }

    @Test func `amounts have the sign, groups and two decimals`() throws {
        let formats = try formats(.chinese)
        // Outside of a request nobody may see an amount.
        #expect(formats.amount(123_450, currency: "CNY") == "•••")
        Viewer.$current.withValue(Viewer(actor: "user:owner", role: .owner)) {
            #expect(formats.amount(123_450, currency: "CNY") == "¥1,234.50")
            #expect(formats.amount(-5, currency: "CNY") == "-¥0.05")
            #expect(formats.amount(100_000_000, currency: "USD") == "USD 1,000,000.00")
        }
    }

    @Test func `a share that is not whole is never rounded to whole, nor one above zero to zero`() throws {
        let formats = try formats(.chinese)
        #expect(formats.percent(1) == "100.00%")
        #expect(formats.percent(0) == "0.00%")
        #expect(formats.percent(0.987_5) == "98.75%")
        #expect(formats.percent(0.999_999) == ">99.99%")
        #expect(formats.percent(0.000_001) == "<0.01%")
        #expect(formats.percent(nil) == "—")
    }

    @Test func `numbers are rounded and grouped`() throws {
        let formats = try formats(.english)
        #expect(formats.count(1_234_567) == "1,234,567")
        #expect(formats.count(-999) == "-999")
        #expect(formats.decimal(97.449, places: 1) == "97.4")
        #expect(formats.decimal(99.95, places: 1) == "100.0")
        #expect(formats.decimal(.infinity, places: 1) == "—")
    }

    @Test func `a piece of an address keeps nothing that has a meaning there`() {
        #expect(orderPath("A/1?x=#%ü") == "/orders/A%2F1%3Fx%3D%23%25%C3%BC")
        #expect(address("/orders", [("state", nil), ("prefix", "a&b"), ("after", "")]) == "/orders?prefix=a%26b")
    }
}
