import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments
import HydrantPrinting

struct PrintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Render labels of orders as PDF, PNG or for a label printer.",
        discussion: """
            The orders come as JSON: a list of orders, which are one bag, or {"bags": [{"orders": […]}]}.
              hydrant print --template aggregated --orders orders.json --format pdf --out labels.pdf
            Shipped templates: aggregated, waybill, picking-list, picking-list-label, packing-slip, return-slip. \
            Names, phones and addresses are masked on paper whatever the template says.
            """)

    @Option(help: "The name of a shipped template, or a file.")
    var template: String

    @Option(help: "The file of orders; - is standard input.")
    var orders: String

    @Option(help: "pdf, png (one file for each sheet), zpl or tspl.")
    var format: LabelFormat = .pdf

    @Option(help: "Where to write; the second picture of several gets -2 before its ending, and so on.")
    var out: String?

    @Option(help: "A network printer to send to, HOST or HOST:PORT; 9100 where no port is given. With zpl or tspl.")
    var printer: String?

    @Option(help: "Dots per inch of pictures and printers, 203 or 300.")
    var dpi = 203

    @Option(
        help: "The address of the hub for the codes, like https://hub.example; without it a code holds itself alone.")
    var link = ""

    func run() async throws {
        guard (100...600).contains(dpi) else {
            throw CommandProblem("--dpi \(dpi) is not 100 to 600", advice: "Label printers have 203 or 300.")
        }
        guard link.isEmpty || link.hasPrefix("https://") || link.hasPrefix("http://"), link.utf8.count <= 100 else {
            throw CommandProblem("--link is no address of a hub", advice: "It looks like https://hub.example.")
        }
        guard out != nil || printer != nil else {
            throw CommandProblem(
                "there is nowhere to print to", advice: "Give a file by --out or a printer by --printer.")
        }
        let connection = try printer.map(PrinterConnection.init)
        guard connection == nil || format == .zpl || format == .tspl else {
            throw CommandProblem("a printer takes no \(format.rawValue)", advice: "Use --format zpl or tspl.")
        }
        let layout = LabelLayout(template: try readTemplate(), place: LabelPlace(address: link))
        let bags = try readBags()
        let sheets = bags.flatMap { layout.sheets(of: $0) }
        let printed: LabelPrint
        do {
            printed = try format.render(sheets, dotsPerInch: dpi)
        } catch {
            throw CommandProblem("the labels cannot be drawn: \(error.reason)", exitCode: 1)
        }
        if let out {
            let isPicture = format == .png
            let files = isPicture ? printed.documents : [Array(printed.documents.joined())]
            for (index, file) in files.enumerated() { try write(file, to: out, number: index + 1) }
        }
        if printed.unknownCharacters > 0 {
            Terminal.standardError(
                "\(printed.unknownCharacters) characters have no font here and are boxes; install fonts-noto-cjk\n")
        }
        let failed = try await connection?.send(printed.documents)
        Terminal.result(
            .compact([
                ("labels", .integer(bags.count)), ("sheets", .integer(sheets.count)),
                ("bytes", .integer(printed.documents.reduce(0) { $0 + $1.count })),
                ("sent", .integer(connection == nil ? nil : printed.documents.count)),
                ("failedAttempts", .integer(failed)),
                ("codes", .array(sheets.flatMap(\.codes).map { .string($0) })),
            ]))
    }

    private func readTemplate() throws -> LabelTemplate {
        let isName = template.allSatisfy { $0.isLetter || $0 == "-" }
        let path = isName ? try shippedPath() : template
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandProblem(
                "the template \(path) cannot be read", advice: "Name a shipped one or a file in UTF-8.")
        }
        do {
            return try LabelTemplateDocument.load(text: text, path: path)
        } catch {
            throw CommandProblem(error.description, advice: "docs/labels.md lists the elements and fields.")
        }
    }

    private func shippedPath() throws -> String {
        let shipped = try TemplateFolder.names(in: "labels")
        guard !shipped.contains(template) else { return try TemplateFolder.path(of: "labels/\(template).yaml") }
        let guess = closestWord(to: template, among: shipped).map { "Did you mean “\($0)”? " } ?? ""
        throw CommandProblem(
            "there is no template “\(template)”",
            advice: guess + "The shipped ones are \(shipped.joined(separator: ", ")); or name a file.")
    }

    private func readBags() throws -> [LabelBag] {
        let data =
            orders == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: orders)
        guard let data else { throw CommandProblem("\(orders) cannot be read", advice: "Check the path of --orders.") }
        do {
            return try LabelBag.read(JSON(bytes: Array(data), limits: JSON.Limits(values: 5_000_000)))
        } catch let problem as JSONProblem {
            throw CommandProblem("\(orders) is not JSON: \(problem.message) at byte \(problem.offset)")
        } catch let problem as LabelDataProblem {
            throw CommandProblem(
                "\(orders): \(problem.place) \(problem.message)", advice: "docs/labels.md shows the form.")
        }
    }

    private func write(_ document: [UInt8], to out: String, number: Int) throws {
        var path = out
        if number > 1 {
            let ending = (out as NSString).pathExtension
            let stem = (out as NSString).deletingPathExtension
            path = ending.isEmpty ? "\(out)-\(number)" : "\(stem)-\(number).\(ending)"
        }
        do {
            try Data(document).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandProblem("\(path) cannot be written", advice: "Check the folder and the free space.")
        }
    }
}

extension LabelFormat: ExpressibleByArgument {}
