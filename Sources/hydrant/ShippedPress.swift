import Foundation
import HydrantCore
import HydrantDocuments
import HydrantPrinting

/// The press of this machine: the shipped templates, drawn by its fonts.
enum ShippedPress {
    private static let names = [
        "aggregated", "waybill", "picking-list", "picking-list-label", "packing-slip", "return-slip",
    ]

    /// - Throws: `CommandProblem` when a shipped template is missing or broken.
    static func load() throws -> LabelPress {
        var texts: [String: String] = [:]
        for name in names {
            let path = try TemplateFolder.path(of: "labels/\(name).yaml")
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandProblem("the template \(path) cannot be read", advice: "Install the program again.")
            }
            do {
                _ = try LabelTemplateDocument.load(text: text, path: path)
            } catch {
                throw CommandProblem(error.description, advice: "Install the program again.")
            }
            texts[name] = text
        }
        return LabelPress(
            shipped: texts,
            render: { bag, wish in
                let template = try LabelTemplateDocument.load(text: wish.template, path: "template")
                guard let format = LabelFormat(rawValue: wish.format) else {
                    throw LabelFailure(reason: "there is no format \(wish.format)")
                }
                let layout = LabelLayout(template: template, place: LabelPlace(address: wish.address))
                return try format.render(layout.sheets(of: bag), dotsPerInch: wish.dotsPerInch).documents
            }, read: CodeReader.read, check: problems)
    }

    private static func problems(of text: String) -> [String] {
        do {
            _ = try LabelTemplateDocument.load(text: text, path: "template")
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }
}
