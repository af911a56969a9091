import HydrantCore

extension Text {
    /// As whoever is asking may read it: reasons name amounts, and not every role sees those.
    var seen: Text {
        guard Viewer.current.sight(.money) == .hidden else { return self }
        return Text(chinese: chinese.withoutAmounts, english: english.withoutAmounts)
    }
}

extension String {
    /// What people and partners wrote, as whoever is asking may read it.
    var seen: String { Viewer.current.sight(.money) == .hidden ? withoutAmounts : self }

    /// Dots for every number with two decimals, as amounts are written.
    fileprivate var withoutAmounts: String {
        replacing(/-?[0-9][0-9,]*\.[0-9]{2}(?![0-9])/, with: "•••")
    }
}
