/// Names of sources that mean somebody in particular.
package enum SourceNames {
    /// The hub's own: timers that fell and how instructions ended. Nobody outside can use it, so that nobody can take
    /// the number of such a message before the hub does.
    package static let hub = "hydrant"
    /// Whoever fills in the form of a parcel's number.
    package static let keeper = "keeper"
    /// The packing desks, whose messages are named by parcel.
    package static let desk = "desk"
    /// People: `person:` and the name.
    package static let personPrefix = "person:"

    /// Whether a system may not be called so.
    package static func isReserved(_ source: String) -> Bool {
        source == hub || source == keeper || source == desk || source.hasPrefix(personPrefix)
    }
}
