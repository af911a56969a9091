import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore

extension PageRoutes {
    func addPacking(to router: some RouterMethods<Context>) {
        router.get("/packing") { request, _ in await page(request) { packingPage($0) } }
        router.post("/packing/events") { request, _ in
            await page(request) { try await packingEvents(request, $0) }
        }
        router.post("/packing/frame") { request, _ in await page(request) { try await packingFrame(request, $0) } }
        router.get("/bags") { request, _ in await page(request, bags) }
        router.get("/waves") { request, _ in await page(request, waves) }
        router.get("/waves/list") { request, _ in await page(request, wave) }
        router.get("/b/{code}") { request, context in
            await page(request) { try await bagPage($0, code: Self.piece("code", context)) }
        }
        router.get("/b/{code}/label") { request, context in
            await page(request) { try await bagLabel($0, code: Self.piece("code", context)) }
        }
        addTemplates(to: router)
        addPapers(to: router)
        router.get("/settings/desk") { request, _ in await page(request) { try await deskSettings($0, nil) } }
        router.post("/settings/desk") { request, _ in
            await page(request) { try await saveDeskSettings(request, $0) }
        }
    }

    /// Who stands at the desk.
    var deskPerson: DeskPerson {
        Viewer.current.deskPerson
    }

    private func packingPage(_ request: PageRequest) -> Response {
        let words = files.words(request.language)
        let other: Language = request.language == .chinese ? .english : .chinese
        let bindings: Bindings = [
            "w": words.bindings, "language": request.language == .chinese ? "zh-CN" : "en",
            "token": formToken(request),
            "style": files.assets["hydrant.css"]?.address ?? "", "desk": files.assets["packing.css"]?.address ?? "",
            "script": files.assets["packing.js"]?.address ?? "", "logo": files.assets["logo.svg"]?.address ?? "",
            "first": request.parameter("scan") ?? "",
            "other": [
                "tag": other == .chinese ? "zh-CN" : "en", "label": other == .chinese ? "中文" : "English",
                "href": address("/packing", [("lang", other.rawValue)]),
            ] as Bindings,
        ]
        return html(files.render(bindings, "packing"))
    }

    /// What was done at a page, in its order; each is answered by its id, and the screen is that of the last.
    private func packingEvents(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = formDecoded(try await readBody(of: request, 262_144)) ?? []
        guard isOurs(value(of: "form", in: form) ?? "", page) else { throw Problem.foreignForm }
        guard let text = value(of: "events", in: form), let list = (try? JSON(bytes: Array(text.utf8)))?.array,
            (1...200).contains(list.count)
        else { throw Problem.unreadableRequest("The events are no list of 1 to 200.") }
        let words = files.words(page.language)
        let station = PackingStation(desk: hub.desk, person: deskPerson, words: words)
        var results: [JSON] = []
        var sight = PackingSight.nothing
        for json in list {
            guard var event = PackingEvent(json: json, now: hub.clock.now()) else {
                throw Problem.unreadableRequest("An event has no id or no kind.")
            }
            if !results.isEmpty { event.follow(sight) }
            let (word, seen) = try await station.takeUndamaged(event)
            results.append(word.json(id: event.id))
            sight = seen
        }
        let fragment = try await view(of: sight).fragment(words, files, now: hub.clock.now())
        let answer: JSON = ["results": .array(results), "html": .string(fragment), "sight": sight.json]
        return json(answer)
    }

    private func view(of sight: PackingSight) async throws -> PackingView {
        var view = PackingView(sight: sight, ready: hub.desk.ready)
        view.settings = try await hub.desk.settings()
        if let key = sight.parcel {
            for kind in [PaperKind.waybill, .packingSlip] {
                if let paper = try await hub.desk.paper(kind, of: key, for: deskPerson) { view.papers.append(paper) }
            }
        }
        guard case .bag(let bag, _) = sight else { return view }
        view.jobs = try await hub.desk.printJobs(of: [bag])
        view.hasPrinter = view.settings.printer(of: bag.way.warehouse) != nil
        return view
    }

    /// A picture of a camera, one byte of grey for each dot, for browsers that cannot read codes themselves.
    private func packingFrame(_ request: Request, _ page: PageRequest) async throws -> Response {
        let token = HTTPField.Name("hydrant-form").flatMap { request.headers[$0] } ?? ""
        guard isOurs(token, page) else { throw Problem.foreignForm }
        guard let width = try page.number("width", in: 16...1_280),
            let height = try page.number("height", in: 16...1_280)
        else { throw Problem.unreadableRequest("A picture has a width and a height.") }
        let viewer = Viewer.current.place
        guard pictures.enter(viewer) else { throw Problem.busyReading }
        defer { pictures.leave(viewer) }
        let grey = try await readBody(of: request, 1_700_000)
        guard grey.count == Int(width * height) else {
            throw Problem.unreadableRequest("The picture has other dots than its width and height say.")
        }
        let picture = GreyPicture(width: Int(width), height: Int(height), dots: grey)
        let desk = hub.desk
        guard let codes = try await pictures.run({ desk.readCodes(picture) }) else { throw Problem.busyReading }
        return json(["codes": .array(codes.map { .string($0) })])
    }

    /// A browser sends its cookie by itself, so that what changes something has to prove where it comes from.
    func isOurs(_ token: String, _ page: PageRequest) -> Bool {
        guard let session = page.session else { return true }
        let expected = Viewer.current.formToken
        guard expected.isEmpty else { return isEqualInConstantTime(token.utf8, expected.utf8) }
        return forms?.isValid(token, for: session) ?? false
    }

    /// What a form of this session must hold.
    func formToken(_ page: PageRequest) -> String {
        let own = Viewer.current.formToken
        return own.isEmpty ? page.session.flatMap { forms?.token(for: $0) } ?? "" : own
    }

    private func json(_ json: JSON) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }

    // MARK: - Bags

    /// Where the codes of a label lead: the bag with all its parcels, and the order whose code it was.
    private func bagPage(_ request: PageRequest, code: String) async throws -> Response {
        let words = files.words(request.language)
        guard let (code, place) = BagCode.scanned(code), let bag = try await hub.desk.bag(code),
            deskPerson.maySee(bag.way.warehouse)
        else {
            if let code = BagCode.scanned(code)?.bag, let path = try await placeOfPaper(code) { return seeOther(path) }
            let view = MessageView(
                code: 404, sentence: words("bag_unknown"), detail: words("bag_unknown_detail"),
                action: (words("nav_bags"), "/bags"))
            return html(view.document(request.frame(.elsewhere), files: files), status: .notFound)
        }
        var view = try await view(of: .bag(bag, place: place))
        view.isDesk = false
        let named = place.flatMap { number in bag.places.first { $0.number == number } }
        let isOld = bag.state == .void || named.map { !$0.isMeant } ?? false
        let own: Bindings = [
            "isOld": isOld,
            "warning": isOld
                ? (bag.state == .void ? words("bag_void_long") : words("desk_label_old", ["place": "\(place ?? 0)"]))
                : "",
            "order": named.map { ["number": $0.key.order, "href": orderPath($0.key.order)] as Bindings } ?? false,
            "packing": address("/packing", [("scan", bag.code.text)]),
            "mayPack": Viewer.current.mayOpen("GET", "/packing"),
            "style": files.assets["packing.css"]?.address ?? "",
        ]
        let shown = view.bindings(of: bag, place, Formats(words: words, now: hub.clock.now()))
        let bindings = shown.merging(own) { $1 }
        let title = words("bag_title", ["code": bag.code.text])
        return html(
            request.frame(.bags).document(files.render(bindings, "bagpage"), title: title, files: files))
    }

    /// A label for the browser's own printer, for a print that was asked for with a reason.
    private func bagLabel(_ request: PageRequest, code: String) async throws -> Response {
        guard let (code, _) = BagCode.scanned(code), let bag = try await hub.desk.bag(code),
            deskPerson.maySee(bag.way.warehouse),
            let print = bag.prints.first(where: { $0.id == request.parameter("print") })
        else { return unknownLabel(request) }
        // An address that stands open in a browser: nobody needs the label of a bag that is void or gone.
        guard bag.state.isLive else { return seeOther("/b/\(bag.code)") }
        guard let document = try await hub.desk.document(of: bag, template: print.template, format: "pdf") else {
            return unknownLabel(request)
        }
        var headers: HTTPFields = [.contentType: "application/pdf", .cacheControl: "no-store"]
        headers[.contentDisposition] = "inline; filename=\"\(bag.code).pdf\""
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: document)))
    }

    private func unknownLabel(_ request: PageRequest) -> Response {
        let words = files.words(request.language)
        let view = MessageView(
            code: 404, sentence: words("bag_unknown"), detail: words("bag_label_unknown"),
            action: (words("nav_bags"), "/bags"))
        return html(view.document(request.frame(.elsewhere), files: files), status: .notFound)
    }

    private func bags(_ request: PageRequest) async throws -> Response {
        let words = files.words(request.language)
        let bags = try await hub.desk.liveBags(of: deskPerson)
        let plan = try await hub.desk.plan(of: deskPerson)
        var view = BagsView(
            bags: bags, plan: plan, jobs: try await hub.desk.printJobs(of: bags),
            formats: Formats(words: words, now: hub.clock.now()))
        if isDemo {
            view.rehearsal = (
                try await hub.desk.rehearsed(by: deskPerson), try await hub.desk.settings().slips
            )
        }
        return html(view.document(request.frame(.bags), files: files))
    }
}

extension Viewer {
    /// The viewer as the desk knows people: a warehouse's own see that warehouse's bags only.
    var deskPerson: DeskPerson {
        DeskPerson(actor: actor, name: user ?? actor, warehouses: role == .warehouse ? warehouses : nil)
    }
}

extension PackingSight {
    /// What the page says with its next event.
    fileprivate var json: JSON {
        switch self {
        case .nothing, .choose: [:]
        case .bag(let bag, _): ["bag": .string(bag.code.text), "isOpen": .bool(bag.state == .open)]
        case .pack(let sight):
            ["order": .string(sight.order.number), "parcel": .string(sight.list.key.parcel)]
        }
    }
}
