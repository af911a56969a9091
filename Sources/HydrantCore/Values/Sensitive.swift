/// A value that must never reach a log, an error text or a URL. It prints as a mask; opening it is an explicit call
/// that names its reason, so that every opening can be found by searching for the method.
package struct Sensitive<Value: Sendable>: Sendable, CustomStringConvertible, CustomReflectable {
    private let value: Value

    package init(_ value: Value) { self.value = value }

    package func open(reason: StaticString) -> Value { value }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Sensitive: Equatable where Value: Equatable {}
extension Sensitive: Hashable where Value: Hashable {}

/// Who receives a parcel, in clear. Lives sealed in the store; an order refers to it by ``ReceiverReference``.
package struct Receiver: Hashable, Sendable {
    package var name: String
    package var phone: String
    package var province: String
    package var city: String
    package var district: String
    package var address: String
    /// The platform's token (for instance an OAID) when the platform masks the text.
    package var token: String

    package init(
        name: String = "", phone: String = "", province: String = "", city: String = "", district: String = "",
        address: String = "", token: String = ""
    ) {
        self.name = name
        self.phone = phone
        self.province = province
        self.city = city
        self.district = district
        self.address = address
        self.token = token
    }

    /// Province, city and district as people write them: what is empty is left out, and a municipality, whose city has
    /// the name of its province, stands there once.
    package var places: [String] { Self.places(province, city, district) }

    package static func places(_ province: String, _ city: String, _ district: String) -> [String] {
        let isOnce = !province.isEmpty && (city == province || city + "市" == province || city == province + "市")
        let places = isOnce ? [province.count > city.count ? province : city, district] : [province, city, district]
        return places.filter { !$0.isEmpty }
    }

    /// "张**", "138****0041": at least one character of the name and six digits of the phone stay hidden.
    package var masked: Receiver {
        var copy = self
        copy.name = name.isEmpty ? "" : String(name.prefix(1)) + "**"
        copy.phone = Self.maskedPhone(phone)
        copy.address = address.isEmpty ? "" : "\(address.prefix(4))***"
        copy.token = ""
        return copy
    }

    /// The last four signs stay, which people know a number by; six or more are always hidden.
    private static func maskedPhone(_ phone: String) -> String {
        guard phone.count >= 7 else { return phone.isEmpty ? "" : "****" }
        let tail = min(4, phone.count - 6)
        return "\(phone.prefix(min(3, phone.count - 6 - tail)))******\(phone.suffix(tail))"
    }
}

/// Points from an order to a sealed receiver without telling who it is.
package struct ReceiverReference: Hashable, Sendable {
    /// The key of the sealed record.
    package var id: String
    /// A keyed hash of the content: equal when, and only when, the receiver is the same.
    package var fingerprint: String
    /// Province, city and district, which are shown to everybody.
    package var area: String
    /// What was found when the address was read; nil where nobody read it.
    package var check: AddressCheck?

    package init(id: String, fingerprint: String, area: String, check: AddressCheck? = nil) {
        self.id = id
        self.fingerprint = fingerprint
        self.area = area
        self.check = check
    }
}
