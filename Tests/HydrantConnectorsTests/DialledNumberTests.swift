import HydrantConnectorKit
import Testing

/// Numbers as platforms and people write them, and what is dialled.
@Suite struct DialledNumberTests {
    @Test(arguments: [
        ("13812345678", "13812345678", ""), ("138 1234 5678", "13812345678", ""),
        ("138-1234-5678", "13812345678", ""), ("+86 138-1234-5678", "+8613812345678", ""),
        ("86-13812345678", "8613812345678", ""), ("0531-88881234", "053188881234", ""),
        ("(0531)88881234", "053188881234", ""), ("400-820-8820", "4008208820", ""),
        ("18412345678-1234", "18412345678", "1234"), ("18412345678转1234", "18412345678", "1234"),
        ("18412345678,1234", "18412345678", "1234"), ("18412345678 ext. 1234", "18412345678", "1234"),
        ("18412345678[1234]", "18412345678", "1234"), ("0531-88881234-801", "053188881234", "801"),
        ("１３８１２３４５６７８", "13812345678", ""),
    ])
    func `a number and its extension are told apart`(text: String, number: String, digits: String) throws {
        let dialled = try #require(DialledNumber(text))
        #expect(dialled.number == number && dialled.digits == digits)
        #expect(dialled.link == (digits.isEmpty ? number : "\(number),\(digits)"))
    }

    @Test(arguments: ["", "138****5678", "138＊＊＊＊5678", "12345", "none", "1234567890123456"])
    func `what is masked or too short is no number`(text: String) { #expect(DialledNumber(text) == nil) }

    @Test func `an agent's telephone is an extension or a number`() {
        for text in ["10", "101", "8001", "13800000000", "+8613800000000"] { #expect(AgentTelephone.isFit(text)) }
        for text in ["", "1", "sip:1", "10 1", "1234567890123456", "１０１"] { #expect(!AgentTelephone.isFit(text)) }
    }
}
