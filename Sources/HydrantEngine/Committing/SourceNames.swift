import HydrantCore

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
    package static let personPrefix = ActorName.personPrefix

    /// Whether a system may not be called so, nor so that it reads as if it were.
    package static func isReserved(_ source: String) -> Bool {
        let folded = ActorName.folded(source)
        // Names alone are compared as they are written: a system of the name "Desk" may be connected.
        return isOwn(source) || isOwn(source, as: folded) || ActorName.commands(folded)
    }

    /// Whether nobody may speak for a source, whatever is listed for them: the hub's own parts, machines that work on
    /// tasks, and what only looks like somebody in particular.
    package static func isNobodys(_ source: String) -> Bool {
        if source == hub || source == desk || source.hasPrefix(ActorName.machinePrefix) { return true }
        return isReserved(source) && source != keeper && !source.hasPrefix(personPrefix)
    }

    private static func isOwn(_ source: String) -> Bool { source == hub || source == keeper || source == desk }

    /// Whether other characters than letters of ASCII make it one of the own names.
    private static func isOwn(_ source: String, as folded: String) -> Bool {
        isOwn(folded) && source.lowercased() != folded
    }
}
