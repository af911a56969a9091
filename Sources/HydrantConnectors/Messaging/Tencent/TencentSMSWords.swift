import HydrantConnectorKit
import HydrantCore

/// Tencent Cloud's error codes for texts.
enum TencentSMSWords {
    /// What a code asks for, by its beginning; the longest beginning counts.
    private static let policies: [(prefix: String, policy: FailureClass)] = [
        ("InternalError", .ambiguous), ("RequestLimitExceeded", .throttled(.minutes(1))),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", .throttled(.seconds(40))),
        ("LimitExceeded.PhoneNumberOneHourLimit", .throttled(.minutes(60))),
        ("LimitExceeded", .throttled(.minutes(60))), ("LimitExceeded.AppCountryOrRegion", .channel),
        ("LimitExceeded.AppMainlandChinaDailyLimit", .channel),
        ("AuthFailure.SignatureExpire", .throttled(.minutes(1))), ("AuthFailure", .channel),
        ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", .data),
        ("InvalidParameterValue.IncorrectPhoneNumber", .data), ("InvalidParameterValue.TemplateParameter", .data),
        ("FailedOperation.PhoneNumberInBlacklist", .data), ("FailedOperation.ContainSensitiveWord", .data),
        ("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", .data),
        ("FailedOperation.InsufficientBalanceInSmsPackage", .channel),
        ("FailedOperation.SignatureIncorrectOrUnapproved", .channel),
        ("FailedOperation.TemplateIncorrectOrUnapproved", .channel), ("UnauthorizedOperation", .channel),
    ]

    /// A code that is in no table is the account's business.
    static func policy(of code: String) -> FailureClass {
        policies.filter { code.hasPrefix($0.prefix) }.max { $0.prefix.count < $1.prefix.count }?.policy ?? .channel
    }
}
