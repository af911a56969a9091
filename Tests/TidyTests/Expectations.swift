import Testing

/// Fails once for each violation, so that every line of the report is a place to go to.
func expectNone(_ violations: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations { Issue.record(Comment(rawValue: violation), sourceLocation: sourceLocation) }
}

/// A made-up file, to show that a rule finds what it is for.
func sample(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }
