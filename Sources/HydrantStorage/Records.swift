package import HydrantCore

/// A small document of its own life: a user, a session, a version of a setting, a note. For hundreds or thousands of a
/// collection, not for what grows with every order.
///
/// A body that holds personal data or a secret is sealed by who writes it, with the collection and the key in the
/// context (``Keyring/seal(_:context:)``), so that no body can be moved to another key. Collections and keys are in
/// clear and hold no personal data.
package struct StoredRecord: Hashable, Sendable {
    package var collection: String
    package var key: String
    /// 1 or higher; rises with every change.
    package var version: Int64
    package var body: [UInt8]
    package var changedAt: Instant

    package init(collection: String, key: String, version: Int64 = 1, body: [UInt8], changedAt: Instant) {
        self.collection = collection
        self.key = key
        self.version = version
        self.body = body
        self.changedAt = changedAt
    }

    /// Whether the rules of every engine allow it to follow a version; 0 where there is none.
    package func mayFollow(_ version: Int64) -> Bool {
        !collection.isEmpty && !key.isEmpty && version >= 0 && self.version > version
    }
}
