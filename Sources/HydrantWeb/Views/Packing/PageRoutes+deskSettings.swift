import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Printers, cut-off times and limits of the packing desks.
extension PageRoutes {
    func deskSettings(_ request: PageRequest, _ notice: (text: String, isAlert: Bool)?) async throws -> Response {
        let settings = try await hub.desk.settings()
        let names = try await hub.desk.templates().map(\.name)
        let words = files.words(request.language)
        let empty = DeskSettings.Printer(warehouse: "", address: "")
        let noCutOff = DeskSettings.CutOff(warehouse: "", courier: "", minutes: [])
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken(request),
            "notice": notice.map {
                ["text": $0.text, "isAlert": $0.isAlert, "secret": false] as Bindings
            } ?? false,
            "printers": (settings.printers + [empty]).map { printer -> Bindings in
                [
                    "warehouse": printer.warehouse, "address": printer.address,
                    "isTSPL": printer.language == "tspl", "isFine": printer.dotsPerInch == 300,
                ]
            },
            "cutOffs": (settings.cutOffs + [noCutOff]).map { cutOff -> Bindings in
                [
                    "warehouse": cutOff.warehouse, "courier": cutOff.courier,
                    "times": cutOff.minutes.map(DeskSettings.CutOff.text).joined(separator: " "),
                ]
            },
            "platforms": settings.rules.platforms.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.rawValue)" }.joined(separator: ", "),
            "parcels": "\(settings.rules.parcels)", "kilograms": "\(settings.rules.weightGrams / 1_000)",
            "templates": names.map { ["name": $0, "isUsed": $0 == settings.template] as Bindings },
            "litres": "\(settings.rules.volumeMillilitres / 1_000)", "address": settings.address,
        ]
        let page = request.frame(.desk).document(
            files.render(bindings, "desksettings"), title: words("desk_settings"), files: files)
        return html(page, status: notice?.isAlert == true ? .unprocessableContent : .ok)
    }

    func saveDeskSettings(_ request: Request, _ page: PageRequest) async throws -> Response {
        let form = formDecoded(try await readBody(of: request, 65_536)) ?? []
        guard isOurs(value(of: "form", in: form) ?? "", page) else { throw Problem.foreignForm }
        let words = files.words(page.language)
        let reading = DeskForm(pairs: form)
        guard let settings = reading.settings(from: try await hub.desk.settings()) else {
            return try await deskSettings(page, (words("desk_settings_bad_\(reading.problem)"), true))
        }
        try await hub.desk.save(settings, by: Viewer.current.actor)
        return try await deskSettings(page, (words("desk_settings_saved"), false))
    }
}

/// Reads the form of the desks' settings.
private struct DeskForm {
    let pairs: [(name: String, value: String)]

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

    /// The first part of the form that cannot be read; the end of a text's key.
    var problem: String {
        if printers == nil { return "printer" }
        if cutOffs == nil { return "times" }
        if platforms == nil { return "platforms" }
        return isAddress ? "limits" : "address"
    }

    func settings(from old: DeskSettings) -> DeskSettings? {
        var settings = old
        guard let printers, let cutOffs, let platforms, isAddress, let parcels = limit("parcels", 1...200),
            let kilograms = limit("kilograms", 1...1_000), let litres = limit("litres", 1...10_000)
        else { return nil }
        settings.printers = printers
        settings.cutOffs = cutOffs
        settings.rules.platforms = platforms
        settings.rules.parcels = parcels
        settings.rules.weightGrams = kilograms * 1_000
        settings.rules.volumeMillilitres = litres * 1_000
        settings.address = one("address")
        if !one("template").isEmpty { settings.template = one("template") }
        return settings
    }

    private func limit(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        Int(one(name)).flatMap { range.contains($0) ? $0 : nil }
    }

    private var isAddress: Bool {
        let text = one("address")
        return text.isEmpty
            || (text.hasPrefix("https://") || text.hasPrefix("http://")) && !text.hasSuffix("/")
                && text.utf8.count <= 100
    }

    private var printers: [DeskSettings.Printer]? {
        let rows = zip(
            zip(all("printer.warehouse"), all("printer.address")), zip(all("printer.language"), all("printer.dpi")))
        var found: [DeskSettings.Printer] = []
        for ((warehouse, address), (language, dots)) in rows where !(warehouse.isEmpty && address.isEmpty) {
            guard PrinterLine(address) != nil, ["zpl", "tspl"].contains(language) else { return nil }
            found.append(
                DeskSettings.Printer(
                    warehouse: warehouse, address: address, language: language, dotsPerInch: dots == "300" ? 300 : 203))
        }
        return found
    }

    private var cutOffs: [DeskSettings.CutOff]? {
        let rows = zip(zip(all("cutoff.warehouse"), all("cutoff.courier")), all("cutoff.times"))
        var found: [DeskSettings.CutOff] = []
        for ((warehouse, courier), times) in rows where !times.isEmpty {
            let words = times.split { " ,，、".contains($0) }
            let minutes = words.compactMap { DeskSettings.CutOff.minutes(String($0)) }
            guard minutes.count == words.count, minutes.count <= 24 else { return nil }
            found.append(DeskSettings.CutOff(warehouse: warehouse, courier: courier, minutes: minutes))
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
