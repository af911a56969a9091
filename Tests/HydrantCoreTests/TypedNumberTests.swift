import HydrantCore
import Testing

@Suite struct TypedNumberTests {
    private static let settings: DispatchSettings = {
        var settings = DispatchSettings()
        func patterns(_ texts: String...) -> [NumberPattern] { texts.compactMap { NumberPattern($0) } }
        settings.couriers = [
            "one": CourierNumbers(name: "One", patterns: patterns("AB#{13}", "#{12}")),
            "two": CourierNumbers(name: "Two", patterns: patterns("7#{11-13}")),
            "post": CourierNumbers(name: "Post", patterns: patterns("@@#{9}CN"), checkDigit: .s10),
            "luhn": CourierNumbers(name: "Luhn", patterns: patterns("#{16}"), checkDigit: .luhn),
        ]
        return settings
    }()

    private static func read(_ text: String, _ courier: String) -> String {
        do throws(Refusal) {
            let typed = try TypedNumber(text, courier: courier, settings: settings)
            return "\(typed.courier) \(typed.number)"
        } catch { return error.code }
    }

    @Test(arguments: [
        (" ab12 3456 7890 123", "one", "one AB1234567890123"), ("ＡＢ１２３４５６７８９０１２３", "one", "one AB1234567890123"),
        ("712345678901", "two", "two 712345678901"), ("7123456789012", "", "two 7123456789012"),
        ("712345678901", "", " 712345678901"), ("XYZ-99887766", "other", "other XYZ-99887766"),
        ("RR473124829CN", "post", "post RR473124829CN"), ("4539148803436467", "luhn", "luhn 4539148803436467"),
    ])
    func `right numbers are put right and recognised`(text: String, courier: String, expected: String) {
        #expect(Self.read(text, courier) == expected)
    }

    @Test(arguments: [
        ("  ", "one", "numberIsEmpty"), ("AB12", "one", "numberIsNone"),
        ("AB12345678901230000000000000000", "one", "numberIsNone"),
        ("订单1234567890", "one", "numberIsNone"), ("13912345678", "two", "numberIsPhone"),
        ("AB123456789012", "one", "numberForm"), ("7123456789012", "one", "numberOfAnotherCourier"),
        ("RR473124828CN", "post", "numberCheckDigit"), ("4539148803436466", "luhn", "numberCheckDigit"),
    ])
    func `wrong numbers are refused with their reason`(text: String, courier: String, code: String) {
        #expect(Self.read(text, courier) == code)
    }

    @Test(arguments: [
        ("#{3}", ["123"], ["12", "1234", "12A"]), ("A@#{1-2}B", ["AZ1B", "AZ12B"], ["A11B", "AZB", "AZ123B"]),
        ("#{2-4}7", ["127", "77777"], ["17", "1234567"]),
    ])
    func `patterns match what they say`(pattern: String, good: [String], bad: [String]) throws {
        let form = try #require(NumberPattern(pattern))
        for text in good { #expect(form.matches(text), "\(text)") }
        for text in bad { #expect(!form.matches(text), "\(text)") }
    }

    @Test func `patterns are told in words`() throws {
        let words = try ["AB#{13}", "7#{11-13}", "@@#{9}CN", "#"].map { try #require(NumberPattern($0)).words.english }
        #expect(
            words == ["AB and 13 digits", "7 and 11–13 digits", "1 letter and 1 letter and 9 digits and CN", "1 digit"])
    }

    @Test(arguments: ["", "#{", "#{}", "#{0}", "#{5-3}", "#{99}", "a#", "#{1-2-3}", "{3}", "汉"])
    func `what is no pattern is refused`(text: String) { #expect(NumberPattern(text) == nil) }

    @Test func `polls of many keys are spread over their period, each at its own regular time`() {
        let now = Instant(milliseconds: 1_794_355_200_123)
        let period = Milliseconds.minutes(15)
        var slots = [Int](repeating: 0, count: 900)
        for index in 0..<50_000 {
            let key = "SO-\(index)/9/waybill.find"
            let first = PollSchedule.next(after: now, key: key, every: period)
            #expect(first > now && first <= now + period)
            #expect(PollSchedule.next(after: first, key: key, every: period) == first + period)
            #expect(PollSchedule.next(after: first + 7_000, key: key, every: period) == first + period)
            slots[Int((first - now - 1) / 1_000)] += 1
        }
        #expect(Double(slots.max() ?? 0) < 2 * 50_000 / 900)
    }
}
