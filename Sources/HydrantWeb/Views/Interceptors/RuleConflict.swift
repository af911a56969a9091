import Crypto
import HydrantCore
import HydrantDocuments
import HydrantEngine

/// Two people changed the same rule: the one who saves or switches on has not seen what the other wrote.
enum RuleConflict: Error {
    /// The version to switch is not there, or says something else than the page that the form came from.
    case notAsShown
    /// The newest version, which is not the one that the editor began from.
    case newer(Rule)

    /// For the list, which then shows what the rules say now.
    static let notAsShownText = Text(
        chinese: "这个拦截器在您打开页面之后改过了，没有切换。请先看现在的内容，再决定。",
        english: "This interceptor was changed after the page was shown, so nothing was switched. Look at what it says "
            + "now, then decide.")

    /// For the editor.
    static let newerText = Text(
        chinese: "您打开之后有别人保存了这个拦截器，您的还没有保存。两份都在下面；再按一次保存，就以您的为准。",
        english:
            "Somebody saved this interceptor after you opened it; yours is not saved. Both are below: save again to "
            + "put yours in the place of theirs.")
}

extension Rule {
    /// Changes with everything that the rule says, and not with its stage.
    var fingerprint: String {
        var rule = self
        rule.stage = .draft
        let digest = SHA256.hash(data: Array(RuleDocument(name: "interceptors", rules: [rule]).yaml.utf8))
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension [Rule] {
    /// The rules with another one that was written from a version.
    ///
    /// - Parameter base: the number of that version; 0 for a new rule.
    func adding(_ rule: Rule, from base: Int) throws(RuleConflict) -> [Rule] {
        if let newest = newest(rule.id), newest.version != base { throw .newer(newest) }
        return adding(rule)
    }

    /// The rules after a version came to another stage, if it is the one that was shown.
    func moving(_ id: String, version: Int, shown: String, to stage: Rule.Stage) throws(RuleConflict) -> [Rule] {
        guard let rule = first(where: { $0.id == id && $0.version == version }), rule.fingerprint == shown else {
            throw .notAsShown
        }
        return moving(id, version: version, to: stage)
    }

    func newest(_ id: String) -> Rule? { filter { $0.id == id }.max { $0.version < $1.version } }
}
