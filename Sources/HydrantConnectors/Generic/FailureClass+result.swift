import HydrantConnectorKit
import HydrantCore

extension FailureClass {
    /// How an instruction ends with this failure. What is already there is for the caller to fetch first.
    func result(_ words: String, _ purpose: CallPurpose) -> InstructionResult {
        switch (self, purpose) {
        // Whatever keeps us from finding out leaves the earlier call as unknown as it was.
        case (_, .finding): .ambiguous(detail: words)
        case (.ambiguous, .question), (.alreadyDone, .question): .retryable(detail: words, after: nil)
        default: end(words) ?? .ambiguous(detail: words)
        }
    }
}

extension CallFailure {
    /// Why the call failed, whatever that means for its effect.
    var words: String {
        switch self {
        case .notDone(let detail, _), .unknown(let detail), .refused(let detail): detail
        }
    }
}
