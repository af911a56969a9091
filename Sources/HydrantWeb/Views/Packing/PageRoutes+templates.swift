import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine
import NIOCore

/// Templates of labels: a list, an editor that shows what it prints, versions, import and export.
extension PageRoutes {
    func addTemplates(to router: some RouterMethods<Context>) {
        router.get("/templates") { request, _ in await page(request, templateList) }
        router.get("/templates/edit") { request, _ in
            await page(request) { try await templateEditor($0, nil) }
        }
        router.post("/templates/edit") { request, _ in
            await page(request) { try await saveTemplate(request, $0) }
        }
        router.post("/templates/draft") { request, _ in
            await page(request) { try await templateDraft(request, $0) }
        }
        router.get("/templates/preview") { request, _ in await page(request, templatePreview) }
        router.get("/templates/export") { request, _ in await page(request, templateExport) }
    }

    private func templateList(_ request: PageRequest) async throws -> Response {
        let words = files.words(request.language)
        let formats = Formats(words: words, now: hub.clock.now())
        let used = try await hub.desk.settings().template
        let rows = try await hub.desk.templates().map { template -> Bindings in
            [
                "name": template.name, "href": address("/templates/edit", [("name", template.name)]),
                "version": template.version == 0 ? words("template_shipped") : "\(template.version)",
                "changed": template.changedAt.map { formats.minute($0) } ?? "—",
                "isUsed": template.name == used, "export": address("/templates/export", [("name", template.name)]),
            ]
        }
        let bindings: Bindings = ["w": words.bindings, "rows": rows, "hasRows": !rows.isEmpty]
        let page = request.frame(.users).document(
            files.render(bindings, "templates"), title: words("templates_title"), files: files)
        return html(page)
    }

    private struct TemplateForm {
        var name: String
        var text: String
        var notice: String
        var problems: [String]
    }

    private func templateEditor(_ request: PageRequest, _ form: TemplateForm?) async throws -> Response {
        let words = files.words(request.language)
        let name = form?.name ?? request.parameter("name") ?? "aggregated"
        let version = try request.number("version", in: 0...9_999).map { Int($0) }
        let stored = try await hub.desk.template(name, version: version)
        let text = form?.text ?? stored ?? ""
        try await hub.desk.keepDraft(text, of: deskPerson)
        let newest = try await hub.desk.templates().first { $0.name == name }
        let versions = (0...max(0, newest?.version ?? 0)).reversed().filter { $0 > 0 || newest?.isShipped == true }
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken(request), "name": name, "text": text,
            "notice": form.flatMap { $0.notice.isEmpty ? nil : $0.notice }.map {
                ["text": $0, "isAlert": form?.problems.isEmpty == false, "secret": false] as Bindings
            } ?? false,
            "isUnsaved": form?.problems.isEmpty == false, "problems": form?.problems ?? [],
            "order": request.parameter("order") ?? "",
            "preview": address("/templates/preview", [("order", request.parameter("order") ?? "")]),
            "versions": versions.prefix(versionsShown).map { number -> Bindings in
                [
                    "label": number == 0 ? words("template_shipped") : "\(number)",
                    "href": address("/templates/edit", [("name", name), ("version", "\(number)")]),
                    "here": number == (version ?? newest?.version ?? 0),
                ]
            },
            "groups": fieldGroups(words), "editor": files.assets["templates.js"]?.address ?? "",
            "stage": files.assets["stage.js"]?.address ?? "",
            "export": address("/templates/export", [("name", name)]),
        ]
        let page = request.frame(.users).document(
            files.render(bindings, "template"), title: words("templates_title"), files: files)
        return html(page, status: form?.problems.isEmpty == false ? .unprocessableContent : .ok)
    }

    private func fieldGroups(_ words: Words) -> [Bindings] {
        [("sheet", LabelScope.sheet), ("order", .order), ("item", .item)].map { name, scope in
            [
                "title": words("template_fields_\(name)"),
                "fields": LabelField.allCases.filter { $0.scope == scope }.map { "{\($0.rawValue)}" },
                "codes": ["qr", "barcode"].flatMap { kind in
                    LabelCode.allCases.filter { $0.scope == scope }.map { "\(kind): \($0.rawValue)" }
                },
            ]
        }
    }

    private func saveTemplate(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = formDecoded(try await readBody(of: request, 262_144)) ?? []
        guard isOurs(value(of: "form", in: form) ?? "", page) else { throw Problem.foreignForm }
        let words = files.words(page.language)
        let text = (value(of: "text", in: form) ?? "").replacing("\r\n", with: "\n")
        let name = value(of: "name", in: form) ?? ""
        var problems = hub.desk.problems(ofTemplate: text)
        if !Desk.isTemplateName(name) { problems.insert(words("template_bad_name"), at: 0) }
        guard problems.isEmpty else {
            let answer = TemplateForm(name: name, text: text, notice: words("template_bad"), problems: problems)
            return try await templateEditor(page, answer)
        }
        let version = try await hub.desk.saveTemplate(name, text, by: Viewer.current.actor)
        let notice = words("template_saved", ["version": "\(version)"])
        return try await templateEditor(page, TemplateForm(name: name, text: text, notice: notice, problems: []))
    }

    /// Keeps what is being typed and says what is wrong with it.
    private func templateDraft(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = formDecoded(try await readBody(of: request, 262_144)) ?? []
        guard isOurs(value(of: "form", in: form) ?? "", page) else { throw Problem.foreignForm }
        let text = value(of: "text", in: form) ?? ""
        let problems = hub.desk.problems(ofTemplate: text)
        if problems.isEmpty { try await hub.desk.keepDraft(text, of: deskPerson) }
        let outline = problems.isEmpty ? LabelTemplateOutline(text: text) : nil
        let answer: JSON = [
            "problems": .array(problems.prefix(20).map { .string($0) }), "outline": outline?.json ?? .null,
        ]
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
    }

    private func templatePreview(_ request: PageRequest) async throws -> Response {
        let order = (request.parameter("order") ?? "").normalised
        guard let picture = try? await hub.desk.preview(of: deskPerson, order: order) else {
            return Response(status: .notFound, headers: [.cacheControl: "no-store"])
        }
        return Response(
            status: .ok, headers: [.contentType: "image/png", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture)))
    }

    private func templateExport(_ request: PageRequest) async throws -> Response {
        let name = request.parameter("name") ?? ""
        let version = try request.number("version", in: 0...9_999).map { Int($0) }
        guard Desk.isTemplateName(name), let text = try await hub.desk.template(name, version: version) else {
            return seeOther("/templates")
        }
        var headers: HTTPFields = [.contentType: "application/yaml; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"\(name).yaml\""
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// So many of the newest versions have a link; every one has its address.
private let versionsShown = 30
