import HydrantCore

/// One text service's own book of what was sent.
struct TextBook: Sendable {
    struct Text: Sendable {
        /// The customer's number of the text.
        var reference: String
        var phone: String
        var template: String
        var values: [String]
        /// The service's own number, given when it is sent.
        var id = ""
        var sentAt: Instant
        var isDelivered: Bool
        var isReported = false
    }

    private(set) var texts: [Text] = []
    /// Nonces that were used before.
    var nonces: Set<String> = []

    /// - Returns: the service's own number of the text.
    mutating func send(_ text: Text) -> String {
        var text = text
        text.id = "\(900_000_000_000 + texts.count)^0"
        texts.append(text)
        return text.id
    }

    /// One a minute, five an hour, ten a day for each phone.
    func mayText(_ phone: String, at now: Instant) -> Bool {
        func count(_ length: Milliseconds) -> Int { texts.count { $0.phone == phone && now - $0.sentAt < length } }
        return count(.minutes(1)) < 1 && count(.minutes(60)) < 5 && count(.hours(24)) < 10
    }

    mutating func takeUnreported(sentBy latest: Instant) -> [Text] {
        var due: [Text] = []
        for index in texts.indices where !texts[index].isReported && texts[index].sentAt <= latest {
            texts[index].isReported = true
            due.append(texts[index])
        }
        return due
    }
}
