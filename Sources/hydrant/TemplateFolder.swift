import Foundation

/// Finds the shipped documents: in the folder one stands in, or beside the program.
enum TemplateFolder {
    static func path(of name: String) throws -> String {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = program.deletingLastPathComponent()
        var candidates = ["Templates/\(name)", "/usr/share/hydrant/Templates/\(name)"]
        for _ in 0..<5 {
            candidates.append(folder.appendingPathComponent("Templates/\(name)").path)
            folder.deleteLastPathComponent()
        }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw CommandProblem(
                "the shipped document \(name) is not found",
                advice: "Run it from the project's folder, or put Templates beside the program.")
        }
        return found
    }

    /// The shipped YAML documents of a folder, without their endings.
    static func names(in folder: String) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: path(of: folder))
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
}
