import Foundation

/// The form of one task as it stands on its order's page, read the way a person reads it: what is asked, what can be
/// chosen.
package struct TaskForm: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        /// Empty where something is written.
        package var choices: [String] = []
        package var isRequired = false
        /// Only asked when this field has one of these answers.
        package var onlyWhen: String?
        package var onlyValues: [String] = []
    }

    /// What the form sends back, so that it counts as ours.
    package var token: String
    package var fields: [Field]

    /// - Parameter task: the name of the task; nil is given when the page has no form of it.
    package init?(task: String, page: String) {
        let mark = "name=\"task\" value=\"\(task)\""
        guard let begin = page.range(of: mark), let end = page[begin.upperBound...].range(of: "</form>"),
            let form = page[..<begin.lowerBound].range(of: "<form ", options: .backwards),
            let token = page[form.upperBound..<begin.lowerBound].piece(after: "name=\"form\" value=\"", before: "\"")
        else { return nil }
        self.token = token.unescaped
        fields = page[begin.upperBound..<end.lowerBound].components(separatedBy: "<span class=\"act\"").dropFirst()
            .compactMap(Self.field)
    }

    private static func field(_ text: String) -> Field? {
        guard let name = text.piece(after: "name=\"a.", before: "\"") else { return nil }
        var field = Field(name: name.unescaped)
        field.choices = text.components(separatedBy: "<option value=\"").dropFirst()
            .compactMap { $0.piece(after: "", before: "\"")?.unescaped }.filter { !$0.isEmpty }
        field.isRequired = text.contains(" required>") || text.contains(" data-logic=\"")
        if let condition = text.piece(after: "data-when=\"a.", before: "\"") {
            field.onlyWhen = condition.unescaped
            field.onlyValues = (text.piece(after: "data-is=\"", before: "\"") ?? "").unescaped
                .components(separatedBy: "\n")
        }
        return field
    }

    /// What has to be answered after these answers.
    package func isAsked(_ field: Field, _ answers: [String: String]) -> Bool {
        guard let condition = field.onlyWhen else { return true }
        return answers[condition].map(field.onlyValues.contains) ?? false
    }
}

extension StringProtocol {
    /// The text between two marks; nil where one of them is missing.
    func piece(after begin: String, before end: String) -> String? {
        var start = startIndex
        if !begin.isEmpty {
            guard let found = range(of: begin) else { return nil }
            start = found.upperBound
        }
        guard let stop = self[start...].range(of: end) else { return nil }
        return String(self[start..<stop.lowerBound])
    }

    /// Without the escapes of HTML.
    fileprivate var unescaped: String {
        let escapes = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#10;", "\n"), ("&amp;", "&"),
        ]
        return escapes.reduce(String(self)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
