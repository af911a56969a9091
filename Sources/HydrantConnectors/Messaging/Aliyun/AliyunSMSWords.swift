import HydrantConnectorKit
import HydrantCore

/// Alibaba Cloud's error codes for texts.
enum AliyunSMSWords {
    private static let policies: [String: FailureClass] = [
        // One a minute, five an hour, ten a day for a number.
        "isv.BUSINESS_LIMIT_CONTROL": .throttled(.minutes(60)),
        "Throttling": .throttled(.minutes(1)), "Throttling.User": .throttled(.minutes(1)),
        "isp.SYSTEM_ERROR": .ambiguous, "ServiceUnavailable": .ambiguous, "InternalError": .ambiguous,
        "isv.MOBILE_NUMBER_ILLEGAL": .data, "isv.MOBILE_COUNT_OVER_LIMIT": .data,
        "isv.INVALID_JSON_PARAM": .data, "isv.PARAM_NOT_SUPPORT_URL": .data, "isv.PARAM_LENGTH_LIMIT": .data,
        "isv.BLACK_KEY_CONTROL_LIMIT": .data,
        "isv.SMS_TEMPLATE_ILLEGAL": .channel, "isv.SMS_SIGNATURE_ILLEGAL": .channel,
        "isv.TEMPLATE_MISSING_PARAMETERS": .channel, "isv.AMOUNT_NOT_ENOUGH": .channel,
        "isv.OUT_OF_SERVICE": .channel, "isv.RAM_PERMISSION_DENY": .channel, "isv.DAY_LIMIT_CONTROL": .channel,
        "SignatureDoesNotMatch": .channel, "InvalidAccessKeyId.NotFound": .channel,
        "InvalidTimeStamp.Expired": .throttled(.minutes(1)), "SignatureNonceUsed": .throttled(.seconds(1)),
    ]

    /// A code that is in no table is the account's business.
    static func policy(of code: String) -> FailureClass {
        let plain = code.hasPrefix("isv.") || code.hasPrefix("isp.") ? code : "isv.\(code)"
        return policies[code] ?? policies[plain] ?? .channel
    }
}
