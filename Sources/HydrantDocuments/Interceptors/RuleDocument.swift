package import HydrantCore

/// A document of interceptors: its name and its rules, in all their versions.
package struct RuleDocument: Hashable, Sendable {
    package var name: String
    package var rules: [Rule]

    package init(name: String, rules: [Rule]) {
        self.name = name
        self.rules = rules
    }

    /// Reads a document and checks that its rules make sense together.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> RuleDocument {
        let (document, places) = try read(text: text, path: path)
        // What does not make sense together is looked for among rules that were all understood.
        for problem in HydrantCore.problems(in: document.rules) {
            places[problem.rule].part(problem.part).problem(problem.text.english)
        }
        try places.first?.list.throwIfAny()
        return document
    }

    /// Reads a document that a database keeps. Its rules were checked when they were saved, perhaps by a release with
    /// other limits: only what cannot be understood is refused.
    package static func kept(text: String, path: String) throws(DocumentProblems) -> RuleDocument {
        try read(text: text, path: path, isKept: true).document
    }

    /// - Returns: also the place of each rule.
    static func read(
        text: String, path: String, isKept: Bool = false
    ) throws(DocumentProblems) -> (document: RuleDocument, places: [DocumentValue]) {
        let document = try DocumentValue.parse(text: text, path: path, isKept: isKept)
        let list = document.list
        guard let group = document.group(allowed: ["interceptors", "rules"], required: ["interceptors", "rules"]),
            let items = group["rules"]?.items()
        else { throw DocumentProblems(list.problems) }
        let name = group["interceptors"]?.name(maximum: 60) ?? ""
        if !isKept, items.count > RuleLimits.versions {
            group["rules"]?.problem("has more than \(RuleLimits.versions) rules")
        }
        try list.throwIfAny()
        var rules: [Rule] = []
        var places: [DocumentValue] = []
        for item in items {
            guard let rule = RuleReader().rule(item) else { continue }
            rules.append(rule)
            places.append(item)
        }
        if !isKept, rules.activeCount > RuleLimits.rules {
            group["rules"]?.problem("has more than \(RuleLimits.rules) rules that are not retired")
        }
        for (rule, place) in zip(rules, places) where !isKept {
            for (index, text) in RuleOwners.problems(with: rule) { place.part("then[\(index)]").problem(text.english) }
        }
        try list.throwIfAny()
        return (RuleDocument(name: name, rules: rules), places)
    }
}

extension [Rule] {
    /// How many versions are not retired.
    var activeCount: Int { count { $0.stage != .retired } }
}

extension DocumentValue {
    /// The part of a rule that a problem names: "if", "then[2]"; the rule itself where it is not written.
    fileprivate func part(_ part: String) -> DocumentValue {
        let name = part.prefix { $0 != "[" }
        guard let value = members()?.first(where: { $0.name == name })?.value else { return self }
        guard let bracket = part.firstIndex(of: "["), value.isList,
            let index = Int(part[part.index(after: bracket)...].dropLast()), let items = value.items(),
            items.indices.contains(index)
        else { return value }
        return items[index]
    }
}
