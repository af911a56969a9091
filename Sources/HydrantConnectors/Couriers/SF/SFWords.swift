import HydrantConnectorKit
import HydrantCore

/// SF's route codes and error codes in the hub's words.
enum SFWords {
    /// Route codes. 50, 30, 31, 36, 44, 80 and 54 were seen in captured pushes; the others come from third parties.
    static let statuses: [String: TrackingStatus] = [
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
        #if HYDRANT_MUTANTS
            if Mutant.unknownWordIsOnItsWay.isOn, statuses[code] == nil { return .inTransit }
        #endif
        let status = statuses[code] ?? .unmapped
        let isStored = places.contains { remark.contains($0) } && puttingIn.contains { remark.contains($0) }
        return status == .signed && isStored ? .stored : status
    }

    private static let kinds: [String: FailureClass] = [
        "8016": .alreadyDone, "A1007": .alreadyDone,
        "8018": .unknownThere, "8024": .unknownThere, "6150": .unknownThere,
        "A1009": .ambiguous, "A1099": .ambiguous, "S0003": .ambiguous,
        // Flow control; peak capacity where the parcel goes.
        "A1005": .throttled(.minutes(1)), "8177": .busy(.minutes(10)),
        // Expired time, token or signature: wrong for every order until somebody puts clock or key right.
        "A1002": .credentials(.seconds(30)), "A1011": .credentials(.seconds(30)), "A1006": .credentials(.minutes(5)),
        // Rights, addresses of the network, the monthly card, numbers of another environment.
        "A1001": .channel, "A1003": .channel, "A1004": .channel, "A1008": .channel,
        "8114": .channel, "8119": .channel, "6126": .channel, "8179": .channel, "8247": .channel,
        "8017": .channel, "20052": .channel,
        // A number of ours that was confirmed or cancelled before: SF never takes it again.
        "8019": .channel, "8037": .channel, "8252": .channel, "8253": .channel,
    ]

    /// Already confirmed or cancelled: done only where it is the state that was asked for.
    private static let kindsWhenCancelling: [String: FailureClass] = [
        "8037": .alreadyDone, "8253": .alreadyDone, "8252": .channel, "8019": .ambiguous,
    ]

    /// What an error code asks us to do. Every other code is about the order's own data.
    static func kind(of code: String, isCancelling: Bool = false) -> FailureClass {
        (isCancelling ? kindsWhenCancelling[code] : nil) ?? kinds[code] ?? .data
    }

    /// The order state that says that the parcel was picked up.
    static let pickedUpState = "05-40003"
}
