import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Printers, cut-off times and limits of the packing desks.
extension PageRoutes {
    func deskSettings(_ request: PageRequest, _ notice: (text: String, isAlert: Bool)?) async throws -> Response {
        let (settings, version) = try await hub.desk.versionedSettings()
        return try await deskSettings(request, notice, DeskTexts(settings, version: "\(version)"))
    }

    private func deskSettings(
        _ request: PageRequest, _ notice: (text: String, isAlert: Bool)?, _ texts: DeskTexts
    ) async throws -> Response {
        let names = try await hub.desk.templates().map(\.name)
        let words = files.words(request.language)
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken(request), "version": texts.version,
            "unset": shown(texts.address.isEmpty ? words("desk_address_unset", ["example": example(request)]) : nil),
            "notice": notice.map {
                ["text": $0.text, "isAlert": $0.isAlert, "secret": false] as Bindings
            } ?? false,
            "printers": (texts.printers + [DeskTexts.Printer()]).map { printer -> Bindings in
                [
                    "warehouse": printer.warehouse, "address": printer.address,
                    "isTSPL": printer.language == "tspl", "isFine": printer.dots == "300",
                ]
            },
            "cutOffs": (texts.cutOffs + [DeskTexts.CutOff()]).map { cutOff -> Bindings in
                ["warehouse": cutOff.warehouse, "courier": cutOff.courier, "times": cutOff.times]
            },
            "platforms": texts.platforms, "parcels": texts.parcels, "kilograms": texts.kilograms,
            "templates": names.map { ["name": $0, "isUsed": $0 == texts.template] as Bindings },
            "litres": texts.litres, "address": texts.address,
            "weighModes": WeighGate.Mode.allCases.map { mode -> Bindings in
                [
                    "value": mode.rawValue, "text": words("desk_weigh_\(mode.rawValue)"),
                    "isUsed": mode.rawValue == texts.weighMode,
                ]
            },
            "weighGrams": texts.weighGrams, "weighPercent": texts.weighPercent,
            "slips": isDemo
                ? ["grab": texts.grab, "skip": texts.skip, "forget": texts.forget] as Bindings : false,
        ]
        let page = request.frame(.users).document(
            files.render(bindings, "desksettings"), title: words("desk_settings"), files: files)
        return html(page, status: notice?.isAlert == true ? .unprocessableContent : .ok)
    }

    /// An address for the codes on labels: the one that this browser uses, unless only this machine knows it.
    private func example(_ request: PageRequest) -> String {
        let own = ["http://localhost", "http://127.", "http://[::1]"]
        let isOwn = request.origin.isEmpty || own.contains { request.origin.hasPrefix($0) }
        return isOwn ? "https://hub.example" : request.origin
    }

    func saveDeskSettings(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = formDecoded(try await readBody(of: request, 65_536)) ?? []
        guard isOurs(value(of: "form", in: form) ?? "", page) else { throw Problem.foreignForm }
        let words = files.words(page.language)
        let old = try await hub.desk.settings()
        // A template that is in use already may stay where this hub knows none.
        let reading = DeskForm(pairs: form, templates: try await hub.desk.templates().map(\.name) + [old.template])
        guard let settings = reading.settings(from: old) else {
            let notice = (text: words("desk_settings_bad_\(reading.problem)"), isAlert: true)
            return try await deskSettings(page, notice, reading.texts(from: old))
        }
        let version = value(of: "version", in: form).flatMap { Int64($0) } ?? -1
        guard try await hub.desk.save(settings, by: Viewer.current.actor, from: version) else {
            var response = try await deskSettings(page, (words("desk_settings_changed"), true))
            response.status = .conflict
            return response
        }
        return try await deskSettings(page, (words("desk_settings_saved"), false))
    }
}

/// The fields of the form: what is in force, or what somebody typed.
private struct DeskTexts {
    struct Printer {
        var warehouse = ""
        var address = ""
        var language = "zpl"
        var dots = "203"
    }

    struct CutOff {
        var warehouse = ""
        var courier = ""
        var times = ""
    }

    var version: String
    var printers: [Printer]
    var cutOffs: [CutOff]
    var platforms: String
    var parcels: String
    var kilograms: String
    var litres: String
    var address: String
    var template: String
    var weighMode: String
    var weighGrams: String
    var weighPercent: String
    var grab: String
    var skip: String
    var forget: String

    init(_ settings: DeskSettings, version: String) {
        self.version = version
        printers = settings.printers.map {
            Printer(
                warehouse: $0.warehouse, address: $0.address, language: $0.language, dots: "\($0.dotsPerInch)")
        }
        cutOffs = settings.cutOffs.map {
            CutOff(
                warehouse: $0.warehouse, courier: $0.courier,
                times: $0.minutes.map(DeskSettings.CutOff.text).joined(separator: " "))
        }
        platforms = settings.rules.platforms.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.rawValue)" }.joined(separator: ", ")
        parcels = "\(settings.rules.parcels)"
        kilograms = "\(settings.rules.weightGrams / 1_000)"
        litres = "\(settings.rules.volumeMillilitres / 1_000)"
        (address, template) = (settings.address, settings.template)
        weighMode = settings.weighing.mode.rawValue
        weighGrams = "\(settings.weighing.grams)"
        weighPercent = "\(settings.weighing.percent)"
        grab = "\(settings.slips.grab)"
        skip = "\(settings.slips.skip)"
        forget = "\(settings.slips.forget)"
    }
}

/// Reads the form of the desks' settings.
private struct DeskForm {
    let pairs: [(name: String, value: String)]
    /// The names that there are.
    let templates: [String]

    private func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map { String($0.value.filter { !$0.isNewline }.prefix(200)) }
            .map { text in
                var text = Substring(text)
                while text.first == " " { text.removeFirst() }
                while text.last == " " { text.removeLast() }
                return String(text)
            }
    }

    private func one(_ name: String) -> String { all(name).last ?? "" }

    /// What was typed, readable or not; a form without a field has what is in force.
    func texts(from old: DeskSettings) -> DeskTexts {
        var texts = DeskTexts(old, version: one("version"))
        texts.printers = printerRows.filter { !($0.warehouse.isEmpty && $0.address.isEmpty) }
        texts.cutOffs = cutOffRows.filter { !($0.warehouse.isEmpty && $0.courier.isEmpty && $0.times.isEmpty) }
        texts.platforms = one("platforms")
        (texts.parcels, texts.kilograms, texts.litres) = (one("parcels"), one("kilograms"), one("litres"))
        texts.address = one("address")
        if isTemplate, !one("template").isEmpty { texts.template = one("template") }
        if hasWeighing {
            texts.weighMode = one("weigh.mode")
            (texts.weighGrams, texts.weighPercent) = (one("weigh.grams"), one("weigh.percent"))
        }
        if pairs.contains(where: { $0.name == "slips.grab" }) {
            (texts.grab, texts.skip, texts.forget) = (one("slips.grab"), one("slips.skip"), one("slips.forget"))
        }
        return texts
    }

    private var printerRows: [DeskTexts.Printer] {
        zip(zip(all("printer.warehouse"), all("printer.address")), zip(all("printer.language"), all("printer.dpi")))
            .map { DeskTexts.Printer(warehouse: $0.0, address: $0.1, language: $1.0, dots: $1.1) }
    }

    private var cutOffRows: [DeskTexts.CutOff] {
        zip(zip(all("cutoff.warehouse"), all("cutoff.courier")), all("cutoff.times"))
            .map { DeskTexts.CutOff(warehouse: $0.0, courier: $0.1, times: $1) }
    }

    /// The first part of the form that cannot be read; the end of a text's key.
    var problem: String {
        if !isTemplate { return "template" }
        if printers == nil { return "printer" }
        if cutOffs == nil { return "times" }
        if platforms == nil { return "platforms" }
        if slips(from: HandSlips()) == nil { return "slips" }
        if weighing(from: WeighGate()) == nil { return "weighing" }
        return isAddress ? "limits" : "address"
    }

    private var isTemplate: Bool { one("template").isEmpty || templates.contains(one("template")) }

    func settings(from old: DeskSettings) -> DeskSettings? {
        var settings = old
        guard isTemplate, let printers, let cutOffs, let platforms, let slips = slips(from: old.slips), isAddress,
            let weighing = weighing(from: old.weighing),
            let parcels = limit("parcels", 1...200),
            let kilograms = limit("kilograms", 1...1_000), let litres = limit("litres", 1...10_000)
        else { return nil }
        settings.printers = printers
        settings.cutOffs = cutOffs
        settings.rules.platforms = platforms
        settings.rules.parcels = parcels
        settings.rules.weightGrams = kilograms * 1_000
        settings.rules.volumeMillilitres = litres * 1_000
        settings.address = one("address")
        settings.slips = slips
        settings.weighing = weighing
        if !one("template").isEmpty { settings.template = one("template") }
        return settings
    }

    private func limit(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        Int(one(name)).flatMap { range.contains($0) ? $0 : nil }
    }

    private var hasWeighing: Bool { pairs.contains { $0.name == "weigh.mode" } }

    private func weighing(from old: WeighGate) -> WeighGate? {
        guard hasWeighing else { return old }
        guard let mode = WeighGate.Mode(rawValue: one("weigh.mode")), let grams = limit("weigh.grams", 0...100_000),
            let percent = limit("weigh.percent", 0...100)
        else { return nil }
        var gate = old
        (gate.mode, gate.grams, gate.percent) = (mode, grams, percent)
        return gate
    }

    /// Only the demonstration's form has them.
    private func slips(from old: HandSlips) -> HandSlips? {
        guard pairs.contains(where: { $0.name == "slips.grab" }) else { return old }
        guard let grab = limit("slips.grab", 0...1_000), let skip = limit("slips.skip", 0...1_000),
            let forget = limit("slips.forget", 0...1_000)
        else { return nil }
        var slips = old
        slips.grab = grab
        slips.skip = skip
        slips.forget = forget
        return slips
    }

    private var isAddress: Bool {
        let text = one("address")
        return text.isEmpty
            || (text.hasPrefix("https://") || text.hasPrefix("http://")) && !text.hasSuffix("/")
                && text.utf8.count <= 100
    }

    private var printers: [DeskSettings.Printer]? {
        var found: [DeskSettings.Printer] = []
        for row in printerRows where !(row.warehouse.isEmpty && row.address.isEmpty) {
            guard PrinterAddress(row.address) != nil, ["zpl", "tspl"].contains(row.language) else { return nil }
            found.append(
                DeskSettings.Printer(
                    warehouse: row.warehouse, address: row.address, language: row.language,
                    dotsPerInch: row.dots == "300" ? 300 : 203))
        }
        return found
    }

    private var cutOffs: [DeskSettings.CutOff]? {
        var found: [DeskSettings.CutOff] = []
        for row in cutOffRows where !row.times.isEmpty {
            let words = row.times.split { " ,，、".contains($0) }
            let minutes = words.compactMap { DeskSettings.CutOff.minutes(String($0)) }
            guard minutes.count == words.count, minutes.count <= 24 else { return nil }
            found.append(DeskSettings.CutOff(warehouse: row.warehouse, courier: row.courier, minutes: minutes))
        }
        return found
    }

    private var platforms: [String: BagRules.Merging]? {
        var found: [String: BagRules.Merging] = [:]
        for entry in one("platforms").split(whereSeparator: { ",，".contains($0) }) {
            let words = entry.split(separator: " ")
            guard words.count >= 2, let last = words.last, let rule = BagRules.Merging(rawValue: String(last)) else {
                return nil
            }
            found[words.dropLast().joined(separator: " ")] = rule
        }
        return found
    }
}
