/// Marks the fields of the editor in which something is wrong: for those who see, with the sentence in front of the
/// field, and for those who listen.
struct FieldMarks {
    var problems: [FormProblem]
    /// The id of the field to go on with, also where no script runs.
    var focus: String
    var words: Words

    func marked(_ page: String) -> String {
        var page = page
        var seen: Set<String> = []
        for problem in problems where !problem.field.isEmpty && seen.insert(problem.field).inserted {
            let field = problem.field
            let texts = problems.filter { $0.field == field }.map { words($0.text) }.joined(separator: " ")
            guard let id = page.firstRange(of: " id=\"\(field)\""),
                let begin = page[..<id.lowerBound].lastIndex(of: "<")
            else { continue }
            let start = field == focus ? " autofocus" : ""
            let head = page[begin..<id.upperBound]
            let shown = EscapedByScalar().escapeText(texts)
            let sentence = "<span class=\"fieldwrong\" id=\"wrong-\(field)\">\(shown)</span>"
            page.replaceSubrange(
                begin..<id.upperBound,
                with: "\(sentence)\(head) aria-invalid=\"true\" aria-describedby=\"wrong-\(field)\"\(start)")
        }
        return page
    }
}
