import HydrantCore

/// SF's route codes and error codes in the hub's words.
enum SFWords {
    /// Route codes. 50, 30, 31, 36, 44, 80 and 54 were seen in captured pushes; the others come from third parties.
    private static let statuses: [String: TrackingStatus] = [
        "50": .pickedUp, "54": .pickedUp,
        "30": .inTransit, "31": .inTransit, "36": .inTransit, "123": .inTransit, "130": .inTransit,
        "44": .outForDelivery,
        "80": .signed, "8000": .signed,
        "99": .returning, "631": .returning, "648": .returning,
        "33": .problem, "70": .problem,
    ]

    private static let places = ["快递柜", "丰巢", "智能柜", "自提柜", "驿站", "自提点", "代收点"]
    private static let puttingIn = ["投放", "存放", "放入", "放至", "暂存", "待取", "请及时", "等待领取"]

    /// A code that is in no table is unmapped, never guessed. SF has no code of its own for "stored in a locker or a
    /// shop" (only the text says so), and such a text turns a signature into what it is: stored.
    static func status(code: String, remark: String) -> TrackingStatus {
        let status = statuses[code] ?? .unmapped
        let isStored = places.contains { remark.contains($0) } && puttingIn.contains { remark.contains($0) }
        return status == .signed && isStored ? .stored : status
    }

    /// What an error code of SF asks us to do.
    enum Policy: Equatable, Sendable {
        case alreadyThere
        case unknownOrder
        /// Nobody knows whether it happened.
        case unclear
        /// Did not happen and may pass; how long to wait.
        case passing(Milliseconds)
        case final
    }

    private static let policies: [String: Policy] = [
        "8016": .alreadyThere, "A1007": .alreadyThere,
        "8018": .unknownOrder, "8024": .unknownOrder, "6150": .unknownOrder,
        "A1009": .unclear, "A1099": .unclear, "S0003": .unclear,
        // Flow control and peak capacity.
        "A1005": .passing(.minutes(1)), "8177": .passing(.minutes(10)),
        // Expired time, token or signature: wrong for every order until somebody puts clock or key right.
        "A1002": .passing(.seconds(30)), "A1011": .passing(.seconds(30)), "A1006": .passing(.minutes(5)),
    ]

    static func policy(of code: String) -> Policy { policies[code] ?? .final }

    /// Remarks may name the person who signed and the courier's phone; neither belongs into an event.
    static func withoutPeople(_ remark: String) -> String {
        var text = remark
        for marker in ["签收人", "收件人", "联系人"] {
            guard let found = text.firstRange(of: marker) else { continue }
            let end = text[found.upperBound...].firstIndex { "，,。;； ）)】]".contains($0) } ?? text.endIndex
            text.replaceSubrange(found.upperBound..<end, with: "***")
        }
        var out = ""
        var digits = ""
        func flush() { out += digits.count >= 7 ? "***" : digits }
        for character in text {
            if character.isASCII && character.isNumber || character == "-" && !digits.isEmpty {
                digits.append(character)
            } else {
                flush()
                digits = ""
                out.append(character)
            }
        }
        flush()
        return shortened(out)
    }
}
