package import HydrantCore

/// A page that says one thing and offers one thing to do.
struct MessageView {
    var code: Int
    var sentence: String
    var detail: String
    var action: (label: String, href: String)?

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let bindings: Bindings = [
            "code": code, "sentence": sentence, "detail": detail, "level": code >= 500 ? "late" : "plain",
            "action": action.map { ["label": $0.label, "href": $0.href] as Any } ?? false,
        ]
        return frame.document(files.render(bindings, "message"), title: sentence, files: files)
    }

    static func unknownPage(_ words: Words) -> MessageView {
        MessageView(
            code: 404, sentence: words("error_404"), detail: words("error_404_detail"),
            action: (words("overview_action"), "/"))
    }

    static func unknownOrder(_ number: String, _ words: Words) -> MessageView {
        MessageView(
            code: 404, sentence: words("error_404_order", ["number": number]), detail: words("error_404_order_detail"),
            action: (words("error_404_order_action"), address("/orders", [("prefix", String(number.prefix(8)))])))
    }

    static func badParameter(_ problem: BadParameter, path: String, _ words: Words) -> MessageView {
        MessageView(
            code: 400, sentence: words("error_400"),
            detail: words("error_400_detail", ["name": problem.name, "allowed": words(problem.allowed)]),
            action: (words("error_action_back"), path))
    }

    static func oldForm(_ path: String, _ words: Words) -> MessageView {
        MessageView(
            code: 403, sentence: words("error_403_form"), detail: words("error_403_form_detail"),
            action: (words("error_action_back"), path))
    }

    static func tooLong(_ path: String, _ words: Words) -> MessageView {
        MessageView(
            code: 413, sentence: words("error_413"), detail: words("error_413_detail"),
            action: (words("error_action_back"), path))
    }

    static func unreadable(code: String, path: String, _ words: Words) -> MessageView {
        MessageView(
            code: 503, sentence: words("error_503"), detail: words("error_503_detail", ["code": code]),
            action: (words("error_action_back"), path))
    }
}

/// A parameter of an address has a value that is not allowed.
package struct BadParameter: Error, Hashable, Sendable {
    package var name: String
    /// What may stand there, for people.
    package var allowed: Text

    init(_ name: String, allowed: [String]) {
        self.name = name
        let list = allowed.joined(separator: ", ")
        self.allowed = Text(chinese: list, english: list)
    }

    init(_ name: String, allowed: Text) {
        self.name = name
        self.allowed = allowed
    }
}
