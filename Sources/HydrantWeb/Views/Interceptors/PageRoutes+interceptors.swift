import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import NIOCore

extension PageRoutes {
    /// How many of the last orders the counts are about.
    private static var countedOrders: Int { 500 }

    func addInterceptors(to router: some RouterMethods<Context>) {
        router.get("/interceptors") { request, _ in await page(request, interceptors) }
        router.get("/interceptors.yaml") { request, _ in await page(request) { _ in try await exportInterceptors() } }
        router.get("/interceptors/new") { request, _ in await page(request, newInterceptor) }
        router.get("/interceptors/rules/{id}") { request, context in
            await page(request) { try await ruleVersions($0, id: Self.piece("id", context)) }
        }
        router.post("/interceptors/new") { request, _ in
            await page(request) { try await editInterceptor(request, $0) }
        }
        router.get("/interceptors/trial/fragment") { request, _ in await page(request, trialProgress) }
        router.post("/interceptors/trial/stop") { request, _ in
            await page(request) { try await stopTrial(request, $0) }
        }
        router.post("/interceptors/stage") { request, _ in
            await page(request) { try await moveInterceptor(request, $0) }
        }
        router.post("/interceptors/import") { request, _ in
            await page(request) { try await importInterceptors(request, $0) }
        }
    }

    // MARK: - Looking

    private func interceptors(_ request: PageRequest) async throws -> Response {
        html(try await interceptorsView(request).document(request.frame(.interceptors), files: files))
    }

    private func interceptorsView(_ request: PageRequest) async throws -> InterceptorsView {
        let doors = try await hub.ruleDoors()
        return InterceptorsView(
            document: try await hub.book.saved().document,
            counts: try await hub.ruleCounts(latest: Self.countedOrders), buttons: buttons(request),
            doors: RuleDoorsView(all: doors.all, sinceStart: doors.sinceStart, now: hub.clock.now()),
            notice: notice(request.parameter("done")))
    }

    private func buttons(_ request: PageRequest) -> RuleButtons {
        RuleButtons(
            formToken: token(of: request), mayChange: Viewer.current.mayOpen("POST", "/interceptors/stage"))
    }

    /// What has just been done, in words.
    private func notice(_ done: String?) -> Text? {
        switch done {
        case "saved": Text(chinese: "已存为草稿，启用后才生效。", english: "Saved as a draft; it works once you switch it on.")
        case "on":
            Text(
                chinese: "已启用，从现在起对新发生的事生效；此前启用的版本停用。",
                english: "Switched on: it judges what happens from now on. The version that was on before is retired.")
        case "shadow":
            Text(
                chinese: "已进入影子运行，只记录，不拦截；已启用的版本照常运行。",
                english: "In shadow: it only reports what it would have done; a version that is on goes on.")
        case "retired": Text(chinese: "已停用。", english: "Retired.")
        case "none": Text(chinese: "文档与现有拦截器相同，没有变化。", english: "The document says nothing new.")
        default:
            done.flatMap { Int($0) }.map {
                Text(chinese: "已导入 \($0) 个拦截器，作为草稿。", english: "Imported as drafts: \($0).")
            }
        }
    }

    private func ruleVersions(_ request: PageRequest, id: String) async throws -> Response {
        let versions = try await hub.book.saved().document.rules.filter { $0.id == id }
        guard !versions.isEmpty else {
            let view = MessageView.unknownPage(files.words(request.language))
            return html(view.document(request.frame(.interceptors), files: files), status: .notFound)
        }
        let view = RuleVersionsView(
            versions: versions, buttons: buttons(request), notice: notice(request.parameter("done")))
        return html(view.document(request.frame(.interceptors), files: files))
    }

    private func exportInterceptors() async throws -> Response {
        let yaml = try await hub.book.saved().document.yaml
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/yaml; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"interceptors.yaml\"",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: yaml)))
    }

    private func newInterceptor(_ request: PageRequest) async throws -> Response {
        let id = request.parameter("rule")
        let rules = try await hub.book.saved().document.rules
        let rule = id.flatMap { rules.newest($0) }
        let form = rule.map { RuleForm($0) } ?? RuleForm()
        var view = InterceptorView(form: form, formToken: token(of: request), rule: rule)
        view.base = rule?.version ?? 0
        view.around = RuleSurroundings(systems: hub.settings.connected?.sorted() ?? [], rules: rules)
        return html(view.document(request.frame(.interceptors), files: files))
    }

    func token(of request: PageRequest) -> String? { request.session.flatMap { forms?.token(for: $0) } }

    // MARK: - Changing

    /// The fields of a form that is ours; nil for one that another site may have sent, or an old one.
    func fields(_ request: Request, _ page: PageRequest) async throws -> [(name: String, value: String)]? {
        let form = formDecoded(try await readBody(of: request, 262_144)) ?? []
        let isOurs = page.session.map { forms?.isValid(value(of: "form", in: form) ?? "", for: $0) ?? false } ?? true
        return isOurs && !form.isEmpty ? form : nil
    }

    /// Checks what was written, tries it on the past, saves it as a draft, or gives the form another shape.
    private func editInterceptor(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = try await fields(request, page) else { return oldForm(page) }
        let act = value(of: "do", in: fields) ?? "check"
        var (view, rule) = written(fields, page)
        view.base = value(of: "base", in: fields).flatMap { Int($0) } ?? 0
        let saved = try await hub.book.saved().document
        view.around = RuleSurroundings(systems: hub.settings.connected?.sorted() ?? [], rules: saved.rules)
        if var form = view.form, let focus = form.reshape(act) {
            view = InterceptorView(
                form: form, formToken: token(of: page), base: view.base, days: view.days, focus: focus,
                around: view.around)
            return html(view.document(page.frame(.interceptors), files: files))
        }
        let isLive = act == "live"
        if var new = rule {
            if new.id.isEmpty { new.id = saved.rules.freeID(for: new) }
            let added = RuleDocument(name: saved.name, rules: saved.rules.adding(new))
            view.problems = added.problems(after: saved).filter { added.rules[$0.rule].id == new.id }
                .map { FormProblem(text: $0.placed(in: new), field: new.field(of: $0.part)) }
            view.problems += RuleOwners.problems(with: new).map {
                FormProblem(text: new.placed($0.text, action: $0.action), field: new.field(of: "then[\($0.action)]"))
            }
            view.rule = new
            rule = new
        }
        guard let rule, view.problems.isEmpty else {
            // While somebody is still writing, what is missing is not said yet.
            if isLive, rule == nil { view.problems = [] }
            if view.written != nil { for index in view.problems.indices { view.problems[index].field = "document" } }
            if !isLive { view.focus = view.problems.first { !$0.field.isEmpty }?.field ?? "" }
            return html(
                view.document(page.frame(.interceptors), files: files), status: isLive ? .ok : .unprocessableContent)
        }
        switch act {
        case "save": return try await save(rule, view, page)
        case "try":
            let isWatched = value(of: "watch", in: fields) == "yes"
            guard let tried = try await startTrial(of: rule, days: view.days, isWatched: isWatched) else {
                return try busyTrial(view, page)
            }
            view.trial = tried
        default: break
        }
        return html(view.document(page.frame(.interceptors), files: files))
    }

    /// Saves a rule as a draft, unless somebody else has saved one since the editor began.
    private func save(_ rule: Rule, _ written: InterceptorView, _ page: PageRequest) async throws -> Response {
        var view = written
        let base = view.base
        do {
            let found = try await hub.changeRules(entry("rule.saved", rule.id)) { try $0.adding(rule, from: base) }
            if found.isEmpty { return seeOther("\(rulePath(rule.id))?done=saved") }
            view.problems = found.map { FormProblem(text: $0.text) }
        } catch RuleConflict.newer(let newer) {
            view.problems = [FormProblem(text: RuleConflict.newerText)]
            view.newer = newer
            view.base = newer.version
            return html(view.document(page.frame(.interceptors), files: files), status: .conflict)
        }
        return html(view.document(page.frame(.interceptors), files: files), status: .unprocessableContent)
    }

    /// As many trials run as may; what was written stays in the form.
    private func busyTrial(_ view: InterceptorView, _ page: PageRequest) throws -> Response {
        var view = view
        view.problems.add(
            "", Text(chinese: "别人的试跑还在进行，请几秒后再试", english: "Other trials are running; try again in a few seconds"))
        var response = html(
            view.document(page.frame(.interceptors), files: files), status: .tooManyRequests)
        response.headers[.retryAfter] = "5"
        return response
    }

    /// What came from the form, or from its other face, the document.
    private func written(
        _ fields: [(name: String, value: String)], _ page: PageRequest
    ) -> (view: InterceptorView, rule: Rule?) {
        let asked = value(of: "days", in: fields).flatMap { Int($0) } ?? 30
        let days = InterceptorView.trialDays.contains(asked) ? asked : 30
        guard let text = value(of: "document", in: fields) else {
            let form = RuleForm(fields)
            let (rule, problems) = form.rule()
            return (InterceptorView(form: form, formToken: token(of: page), problems: problems, days: days), rule)
        }
        do throws(DocumentProblems) {
            let document = try RuleDocument.load(text: text, path: "document")
            guard document.rules.count == 1, let rule = document.rules.first else {
                let problem = Text(
                    chinese: "这里只能写一个拦截器；多个请在列表页导入",
                    english: "There is room for one interceptor here; import several on the page of the list")
                return (
                    InterceptorView(
                        form: nil, formToken: token(of: page), problems: [FormProblem(text: problem)], written: text),
                    nil
                )
            }
            return (
                InterceptorView(form: RuleForm(rule), formToken: token(of: page), written: text, days: days), rule
            )
        } catch {
            let problems = error.problems.prefix(20).map {
                FormProblem(text: Text(chinese: $0.place, english: $0.place))
            }
            return (InterceptorView(form: nil, formToken: token(of: page), problems: problems, written: text), nil)
        }
    }

    private func entry(_ action: String, _ rule: String, _ detail: JSON = .null) -> AuditEntry {
        AuditEntry(
            time: hub.clock.now(), actor: Viewer.current.actor, action: action, object: "rule:\(rule)", detail: detail)
    }

    /// Brings a version of a rule to another stage.
    private func moveInterceptor(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = try await fields(request, page) else { return oldForm(page) }
        let id = value(of: "rule", in: fields) ?? ""
        let shown = value(of: "shown", in: fields) ?? ""
        guard let version = value(of: "version", in: fields).flatMap({ Int($0) }),
            let stage = value(of: "stage", in: fields).flatMap({ Rule.Stage(rawValue: $0) }), stage != .draft
        else { return oldForm(page) }
        let entry = entry(
            "rule.moved", id, ["version": .integer(Int64(version)), "stage": .string(stage.rawValue)])
        var status = HTTPResponse.Status.unprocessableContent
        let problems: [Text]
        do {
            problems = try await hub.changeRules(entry) {
                try $0.moving(id, version: version, shown: shown, to: stage)
            }.map(\.text)
        } catch RuleConflict.notAsShown {
            problems = [RuleConflict.notAsShownText]
            status = .conflict
        }
        guard !problems.isEmpty else { return seeOther("/interceptors?done=\(stage.rawValue)") }
        var view = try await interceptorsView(page)
        view.problems = problems
        return html(view.document(page.frame(.interceptors), files: files), status: status)
    }

    /// Takes a document in: what it says anew becomes drafts.
    private func importInterceptors(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = try await fields(request, page) else { return oldForm(page) }
        let text = value(of: "document", in: fields) ?? ""
        let problems: [Text]
        do {
            let document = try RuleDocument.load(text: text, path: "document")
            let added = try await hub.book.saved().document.rules.adding(document).added
            if added == 0 { return seeOther("/interceptors?done=none") }
            let entry = entry("rules.imported", document.name, ["added": .integer(Int64(added))])
            problems = try await hub.changeRules(entry) { $0.adding(document).rules }.map(\.text)
            if problems.isEmpty { return seeOther("/interceptors?done=\(added)") }
        } catch let error as DocumentProblems {
            problems = error.problems.prefix(20).map { Text(chinese: $0.place, english: $0.place) }
        }
        var view = try await interceptorsView(page)
        view.problems = problems
        view.imported = text
        return html(view.document(page.frame(.interceptors), files: files), status: .unprocessableContent)
    }
}

extension DocumentProblem {
    fileprivate var place: String { "\(line):\(column) \(message)" }
}

extension [Rule] {
    /// An id that no rule has: the English name in small letters where there is one, or a number.
    fileprivate func freeID(for rule: Rule) -> String {
        let letters = rule.name.english.lowercased().unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (("a"..."z").contains(scalar) || ("0"..."9").contains(scalar))
            return isPlain ? Character(scalar) : "-"
        }
        let words = String(letters).split(separator: "-").joined(separator: "-").prefix(50)
        let begin = words.isEmpty ? "rule" : String(words)
        let candidates = (words.isEmpty ? [] : [begin]) + (1...RuleLimits.rules + 1).map { "\(begin)-\($0)" }
        return candidates.first { id in !contains { $0.id == id } } ?? begin
    }
}
