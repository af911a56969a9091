import HydrantCore
import HydrantDocuments

/// The list of interceptors with their stages.
struct InterceptorsView {
    let document: RuleDocument
    let formToken: String?
    var problems: [RuleProblem] = []

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let rules = document.rules.sorted { ($0.id, -$0.version) < ($1.id, -$1.version) }
        let bindings: Bindings = [
            "w": words.bindings, "isEmpty": rules.isEmpty, "token": formToken ?? "",
            "problems": problems.map { words($0.text) },
            "rules": rules.map { rule -> Bindings in
                [
                    "id": rule.id, "version": rule.version, "name": words(rule.name), "stage": rule.stage.rawValue,
                    "stageText": words(rule.stage.text), "sentence": rule.sentence(words),
                    "yaml": RuleDocument(name: document.name, rules: [rule]).yaml, "token": formToken ?? "",
                    "moves": Self.moves(from: rule.stage).map { stage -> Bindings in
                        ["stage": stage.rawValue, "label": words("interceptor_to_\(stage.rawValue)")]
                    },
                ]
            },
        ]
        return frame.document(files.render(bindings, "interceptors"), title: words("interceptors_title"), files: files)
    }

    private static func moves(from stage: Rule.Stage) -> [Rule.Stage] {
        switch stage {
        case .draft: [.shadow, .on]
        case .shadow: [.on, .retired]
        case .on: [.shadow, .retired]
        case .retired: [.on]
        }
    }
}

extension Rule {
    /// "When … , if … and …"
    func sentence(_ words: Words) -> String {
        let occasions = when.map { words("fact_\(keyPart($0.rawValue))") }.joined(separator: " / ")
        let condition = condition.sentence(words)
        return words(
            condition.isEmpty ? "interceptor_sentence_always" : "interceptor_sentence",
            ["when": occasions, "if": condition])
    }
}

extension RuleCondition {
    fileprivate func sentence(_ words: Words) -> String {
        func join(_ parts: [RuleCondition], _ word: String) -> String {
            parts.map { $0.sentence(words) }.joined(separator: " \(words(word)) ")
        }
        switch self {
        case .test(let test): return test.sentence(words)
        case .all(let parts): return join(parts, "interceptor_and")
        case .any(let parts): return "(" + join(parts, "interceptor_or") + ")"
        case .none(let parts): return words("interceptor_none", ["parts": join(parts, "interceptor_or")])
        }
    }
}

extension RuleTest {
    fileprivate func sentence(_ words: Words) -> String {
        let value: String
        switch operand {
        case .number(let number): value = RuleValue.text(number, comparison == .isKnown ? .flag : field.type)
        case .texts(let texts): value = texts.joined(separator: ", ")
        }
        let subject = words(field.text) + (system.isEmpty ? "" : " \(system)")
        return "\(subject) \(words(comparison.text)) \(value)"
    }
}
