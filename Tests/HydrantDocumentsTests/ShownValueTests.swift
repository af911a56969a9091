import Testing

@testable import HydrantDocuments

@Suite struct ShownValueTests {
    @Test(arguments: [
        ("1.005", "1.005"), ("many", "many"), ("19937000001x", "00000000000x"), ("张建国", "字字字"),
        ("2018-13-45", "2018-13-45"),
        ("2018-13-45 25:00:00", "2018-13-45 25:00:00"), ("138-1234-5678", "000-0000-0000"),
        ("31.02.2026 09:30", "31.02.2026 09:30"), ("2/31/2026 9:30:00", "2/31/2026 9:30:00"),
        ("31-02-2026 09:30:00.123", "31-02-2026 09:30:00.123"), ("31.02.2926 09:30", "00.00.0000 00:00"),
        ("138.12.2026 09:30", "000.00.0000 00:00"), ("13-81-2026-5678", "00-00-0000-0000"),
        ("John Q. Public", "xxxx x. xxxxxx"), ("", ""),
    ]) func whatMayBeAPersonsIsShownByItsForm(value: String, shown: String) { #expect(shownValue(value) == shown) }

    @Test(arguments: [
        ("交易成功", "交易成功"), ("half shipped", "half shipped"), ("13800000041", "00000000000"),
        ("浙江省杭州市余杭区五常街道文一西路969号7幢", "字字字字字字字字字0字字字字0字字000字0字"),
    ]) func wordsAreShownUnlessTheyAreNone(word: String, shown: String) { #expect(shownWord(word) == shown) }

    @Test func aLongValueIsCut() { #expect(shownValue(String(repeating: "张", count: 100)).count == 60) }
}
