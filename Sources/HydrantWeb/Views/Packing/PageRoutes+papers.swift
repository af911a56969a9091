import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import NIOCore

/// Papers of parcels, orders and waves: asked for by a form, counted, and then shown as a PDF or sent to a printer.
extension PageRoutes {
    func addPapers(to router: some RouterMethods<Context>) {
        router.post("/orders/{number}/papers") { request, context in
            await page(request) { try await printOrderPaper(request, $0, number: Self.piece("number", context)) }
        }
        router.post("/waves/list") { request, _ in await page(request) { try await printWave(request, $0) } }
        router.get("/papers/{code}") { request, context in
            await page(request) { try await paperDocument($0, code: Self.piece("code", context)) }
        }
    }

    /// A form that asks for a print.
    private struct PaperForm {
        let pairs: [(name: String, value: String)]

        func text(_ name: String) -> String {
            String((value(of: name, in: pairs) ?? "").filter { !$0.isNewline }.prefix(200))
        }

        var isForPrinter: Bool { text("to") == "printer" }

        /// How many prints there were when the form was drawn: the same form sent twice is one print.
        var once: Int? { Int(text("once")).flatMap { (0...Paper.printsMaximum).contains($0) ? $0 : nil } }
    }

    private func paperForm(_ request: Request, _ page: PageRequest) async throws -> PaperForm {
        let form = PaperForm(pairs: formDecoded(try await readBody(of: request, 65_536)) ?? [])
        guard isOurs(value(of: "form", in: form.pairs) ?? "", page) else { throw Problem.foreignForm }
        return form
    }

    private func printOrderPaper(_ request: Request, _ page: PageRequest, number: String) async throws -> Response {
        let form = try await paperForm(request, page)
        guard let kind = PaperKind(rawValue: form.text("kind")), kind != .pickingList else {
            throw BadParameter("kind", allowed: PaperKind.allCases.filter { $0 != .pickingList }.map(\.rawValue))
        }
        try requireMayPrint(kind, of: form.text("parcel").normalised, form)
        let number = number.normalised
        let key = ParcelKey(order: number, parcel: kind.isOfParcel ? form.text("parcel").normalised : "")
        guard let sight = try await hub.desk.paper(kind, of: key, for: deskPerson) else {
            let view = MessageView.unknownOrder(number, files.words(page.language))
            return html(view.document(page.frame(.elsewhere), files: files), status: .notFound)
        }
        return try await answer(to: form, page, sight.paper, back: orderPath(number) + "#papers")
    }

    private func printWave(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = try await paperForm(request, page)
        try requireMayPrint(.pickingList, form)
        let (warehouse, courier) = (form.text("warehouse"), form.text("courier"))
        let waves = try await hub.desk.waves(of: deskPerson).waves
        guard let wave = waves.first(where: { $0.warehouse == warehouse && $0.courier == courier }),
            let sight = try await hub.desk.pickingList(wave, for: deskPerson)
        else { return seeOther("/waves") }
        let back = address("/waves/list", [("warehouse", warehouse), ("courier", courier)])
        return try await answer(to: form, page, sight.paper, back: back)
    }

    private func requireMayPrint(_ kind: PaperKind, of parcel: String = "", _ form: PaperForm) throws {
        let role = Viewer.current.role
        let isOfWayBack = kind == .waybill && parcel.hasPrefix(Order.wayBackPrefix)
        guard AccessTable.mayPrint(kind, isOfWayBack: isOfWayBack, toPrinter: form.isForPrinter, role) else {
            throw Problem.roleMissing(role)
        }
    }

    private func answer(
        to form: PaperForm, _ page: PageRequest, _ paper: Paper, back: String
    ) async throws -> Response {
        let words = files.words(page.language)
        func refused(_ sentence: String, _ detail: String = "") -> Response {
            let view = MessageView(
                code: 409, sentence: sentence, detail: detail, action: (words("error_action_back"), back))
            return html(view.document(page.frame(.bags), files: files), status: .conflict)
        }
        guard hub.desk.canPrint else { return refused(words("desk_no_press")) }
        let printer = form.isForPrinter ? try await hub.desk.settings().printer(of: paper.warehouse) : nil
        if form.isForPrinter, printer == nil {
            return refused(words("desk_no_printer"), words("desk_no_printer_next"))
        }
        // The same form may be opened and printed: two prints, of which the second needs a reason.
        let way = form.isForPrinter ? "print" : "open"
        let id = "\(paper.code)-\(way)-\(form.once ?? paper.prints.count)"
        let command = PaperCommand(
            id: id, person: deskPerson, at: hub.clock.now(), reason: withoutPeople(form.text("reason")),
            printer: printer)
        let (printed, refusal) = try await hub.desk.printPaper(paper, command)
        if let refusal { return refused(words(refusal.text), words(refusal.nextStep)) }
        return seeOther(printer == nil ? Self.paperPath(printed, id) : back)
    }

    static func paperPath(_ paper: Paper, _ print: String) -> String {
        address("/papers/\(paper.code)", [("print", print)])
    }

    /// A paper for the browser's own printer, for a print that was asked for.
    private func paperDocument(_ request: PageRequest, code: String) async throws -> Response {
        let words = files.words(request.language)
        func message(_ status: HTTPResponse.Status, _ sentence: String, _ detail: String) -> Response {
            let view = MessageView(
                code: status.code, sentence: sentence, detail: detail, action: (words("nav_bags"), "/bags"))
            return html(view.document(request.frame(.elsewhere), files: files), status: status)
        }
        guard let code = BagCode(code), let paper = try await hub.desk.paper(code, for: deskPerson),
            AccessTable.mayPrint(
                paper.kind, isOfWayBack: paper.isOfWayBack, toPrinter: false, Viewer.current.role),
            paper.hasPrinted(request.parameter("print") ?? "")
        else { return message(.notFound, words("paper_unknown"), words("paper_unknown_detail")) }
        if let refusal = try await hub.desk.obstacle(to: paper) {
            return message(.conflict, words(refusal.text), words(refusal.nextStep))
        }
        guard let document = try await hub.desk.document(of: paper) else {
            return message(.notFound, words("desk_no_press"), "")
        }
        var headers: HTTPFields = [.contentType: "application/pdf", .cacheControl: "no-store"]
        headers[.contentDisposition] = "inline; filename=\"\(paper.kind.rawValue)-\(paper.code).pdf\""
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: document)))
    }

    /// What a paper's code opens: its order, or the picking list of its wave; nil where it is no paper's.
    func placeOfPaper(_ code: BagCode) async throws -> String? {
        guard let paper = try await hub.desk.paper(code, for: deskPerson) else { return nil }
        guard paper.kind == .pickingList else { return orderPath(paper.order) }
        guard Viewer.current.mayOpen("GET", "/waves/list") else { return nil }
        return address("/waves/list", [("warehouse", paper.warehouse), ("courier", paper.courier)])
    }
}
