import HydrantCore
import HydrantEngine

extension OrderDetail {
    /// Without the amounts in reasons for whoever may not see them; other fields are left out where they are shown.
    func withheld(from viewer: Viewer) -> OrderDetail {
        guard viewer.sight(.money) == .hidden else { return self }
        var copy = self
        for index in copy.findings.indices {
            copy.findings[index].reason = copy.findings[index].reason.withoutAmounts
        }
        if let reason = copy.rootCause?.reason { copy.rootCause?.reason = reason.withoutAmounts }
        return copy
    }
}

extension Text {
    fileprivate var withoutAmounts: Text {
        Text(chinese: chinese.withoutAmounts, english: english.withoutAmounts)
    }
}

extension String {
    /// Dots for every number with two decimals, as amounts are written.
    fileprivate var withoutAmounts: String {
        replacing(/-?[0-9][0-9,]*\.[0-9]{2}(?![0-9])/, with: "•••")
    }
}
