import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine

extension PageRoutes {
    private var book: RuleBook { RuleBook(hub: hub) }

    func interceptors(_ request: PageRequest) async throws -> Response {
        let view = InterceptorsView(document: try await book.document(), formToken: token(of: request))
        return html(view.document(request.frame(.interceptors), files: files))
    }

    func newInterceptor(_ request: PageRequest) async throws -> Response {
        let view = InterceptorView(form: RuleForm(), formToken: token(of: request))
        return html(view.document(request.frame(.interceptors), files: files))
    }

    private func token(of request: PageRequest) -> String? { request.session.flatMap { forms?.token(for: $0) } }

    /// The fields of a form that is ours; nil for one that another site may have sent, or an old one.
    private func fields(_ request: Request, _ page: PageRequest) async -> [(name: String, value: String)]? {
        let form = (try? await readBody(of: request, 32_768)).flatMap { formDecoded($0) } ?? []
        let isOurs = page.session.map { forms?.isValid(value(of: "form", in: form) ?? "", for: $0) ?? false } ?? true
        return isOurs && !form.isEmpty ? form : nil
    }

    private func oldForm(_ page: PageRequest) -> Response {
        let view = MessageView.oldForm("/interceptors", files.words(page.language))
        return html(view.document(page.frame(.elsewhere), files: files), status: .forbidden)
    }

    /// Checks what was written, tries it on the last thirty days, or saves it as a draft.
    func editInterceptor(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = await fields(request, page) else { return oldForm(page) }
        let form = RuleForm(fields)
        var view = InterceptorView(form: form, formToken: token(of: page))
        let (rule, problems) = form.rule()
        view.problems = problems
        guard let rule else {
            return html(view.document(page.frame(.interceptors), files: files), status: .unprocessableContent)
        }
        let others = try await book.document().rules
        let added = others.adding(rule)
        view.problems = HydrantCore.problems(in: added).filter { added[$0.rule].id == rule.id }.map(\.text)
        view.rule = added.last
        guard view.problems.isEmpty else {
            return html(view.document(page.frame(.interceptors), files: files), status: .unprocessableContent)
        }
        switch value(of: "do", in: fields) {
        case "save":
            let found = try await book.change { $0.adding(rule) }
            if found.isEmpty { return seeOther("/interceptors") }
            view.problems = found.map(\.text)
        case "try":
            let now = hub.clock.now()
            let window = now - .hours(24 * 30)..<now + 1
            view.trial = try await PastOrders(store: hub.store).trial(
                of: [rule], settings: hub.settings, window: window)
        default: break
        }
        return html(view.document(page.frame(.interceptors), files: files))
    }

    /// Brings a version of a rule to another stage.
    func moveInterceptor(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = await fields(request, page) else { return oldForm(page) }
        let id = value(of: "rule", in: fields) ?? ""
        let document = try await book.document()
        guard let version = value(of: "version", in: fields).flatMap({ Int($0) }),
            let stage = value(of: "stage", in: fields).flatMap({ Rule.Stage(rawValue: $0) }), stage != .draft,
            document.rules.contains(where: { $0.id == id && $0.version == version })
        else { return oldForm(page) }
        let found = try await book.change { $0.moving(id, version: version, to: stage) }
        guard !found.isEmpty else { return seeOther("/interceptors") }
        let view = InterceptorsView(document: document, formToken: token(of: page), problems: found)
        return html(view.document(page.frame(.interceptors), files: files), status: .unprocessableContent)
    }
}
