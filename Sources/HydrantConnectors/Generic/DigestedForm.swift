import HydrantConnectorKit
import HydrantCore

/// A pushed form with one field of JSON and beside it, in `data_digest`, the sum over that field and a secret: the way
/// in which several networks sign what they push.
struct DigestedForm {
    typealias Problem = (_ kind: PushProblem.Kind, _ message: String) -> PushProblem

    private let fields: [(name: String, value: String)]
    private let field: String
    private let content: [UInt8]
    private let problem: Problem

    /// Checks the sum.
    ///
    /// - Parameters:
    ///   - field: the name of the field of JSON.
    ///   - problem: what the sender is told about a form that is not taken.
    init(_ body: [UInt8], field: String, secret: String, problem: @escaping Problem) throws(PushProblem) {
        guard let fields = formDecoded(body), let content = value(of: field, in: fields),
            let digest = value(of: "data_digest", in: fields)
        else { throw problem(.signature, "no \(field) or data_digest") }
        let input = SignatureInput(secret: secret, body: Array(content.utf8))
        guard SignatureRecipe.trailingSecretMD5.isRight(digest, for: input) else {
            throw problem(.signature, "wrong data_digest")
        }
        self.fields = fields
        self.field = field
        self.content = Array(content.utf8)
        self.problem = problem
    }

    subscript(name: String) -> String? { value(of: name, in: fields) }

    func document() throws(PushProblem) -> JSON {
        do {
            return try JSON(bytes: content)
        } catch {
            throw problem(.malformed, "\(field) is not JSON: \(error.message) at byte \(error.offset)")
        }
    }
}
