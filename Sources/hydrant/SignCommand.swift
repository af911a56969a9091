import ArgumentParser
import Foundation
import HydrantConnectors
import HydrantCore
import HydrantDocuments

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Compute a partner's signature, to compare it with what the partner computes.",
        usage: """
            hydrant sign --system <system> --operation <operation> [--secret-file <file>] < message.json
            hydrant sign --vectors <file>
            """,
        discussion: """
            The message comes as a JSON object on standard input, under the names of the partner's own documents:
              hydrant sign --system sf --operation create < message.json
            The secret may stand in the document, in a file (--secret-file) or in the environment (HYDRANT_SECRET). \
            It is never printed: in the string that is signed, *** stands for it.

            hydrant sign --vectors FILE checks a list of signatures whose results are known.
            Exit codes: 0 done, 1 a vector failed, 2 bad input.
            """)

    @Option(help: "The partner: \(SignatureTable.systems.joined(separator: ", ")).")
    var system: String?

    @Option(help: "What is signed; a wrong one prints the list.")
    var operation: String?

    @Option(name: .customLong("secret-file"), help: "A file that holds the secret.")
    var secretFile: String?

    @Option(help: "A JSON list of {id, system, operation, algorithm, inputs, expected}.")
    var vectors: String?

    func run() throws {
        if let vectors { return try check(vectors) }
        guard let system else {
            throw CommandProblem(
                operation == nil ? "--system and --operation are missing" : "--system is missing",
                advice: "\(systemList) Or check a list of known signatures by --vectors FILE.")
        }
        try checkName(system)
        guard let operation else {
            throw CommandProblem("--operation is missing", advice: operationList(of: system))
        }
        let rows = try rows(system: system, operation: operation)
        let document = try withSecret(readDocument(FileHandle.standardInput.readDataToEndOfFile(), "the input"), rows)
        let description = "\(operation) \(document["algorithm"]?.string ?? "")"
        let fitting = SignatureTable.row(system: system, description: description, document: document)
        guard let row = fitting, rows.contains(where: { $0.algorithm == row.algorithm }),
            row.unknown(in: document).isEmpty
        else { throw problem(with: document, rows) }
        guard let signature = row.result(document) else {
            throw CommandProblem(
                "a field does not hold what this signature needs, such as Base64", advice: fieldList(rows))
        }
        Terminal.result(
            .compact([
                ("system", .string(system)), ("operation", .string(operation)), ("algorithm", .string(row.algorithm)),
                ("stringToSign", row.stringToSign(document)), ("signature", signature),
            ]))
    }

    // MARK: - One message

    private var systemList: String { "The systems are \(SignatureTable.systems.joined(separator: ", "))." }

    private func operationList(of system: String) -> String {
        "The operations of \(system) are \(SignatureTable.operations(of: system).joined(separator: ", "))."
    }

    private func checkName(_ system: String) throws {
        guard !SignatureTable.systems.contains(system) else { return }
        let guess = closestWord(to: system, among: SignatureTable.systems).map { "Did you mean “\($0)”? " } ?? ""
        throw CommandProblem("there is no system “\(system)”", advice: guess + systemList)
    }

    private func rows(system: String, operation: String) throws -> [SignatureRow] {
        let rows = SignatureTable.rows(system: system, operation: operation)
        guard !rows.isEmpty else {
            let names = SignatureTable.operations(of: system)
            let guess = closestWord(to: operation, among: names).map { "Did you mean “\($0)”? " } ?? ""
            throw CommandProblem(
                "\(system) signs no operation “\(operation)”", advice: guess + operationList(of: system))
        }
        return rows
    }

    private func readDocument(_ data: Data, _ name: String) throws -> JSON {
        do {
            return try JSON(bytes: Array(data))
        } catch {
            throw CommandProblem("\(name) is not JSON: \(error.message) at byte \(error.offset)")
        }
    }

    /// Puts the secret of the file or the environment into the document, where the document has none.
    private func withSecret(_ document: JSON, _ rows: [SignatureRow]) throws -> JSON {
        guard let members = document.members else {
            throw CommandProblem("the input is \(document.kindName), not an object", advice: fieldList(rows))
        }
        let field = rows.lazy.flatMap(\.fields).first { $0.isSecret }
        guard let field, !field.names.contains(where: { document[$0] != nil }) else { return document }
        let secret: String?
        if let secretFile {
            guard let text = try? String(contentsOfFile: secretFile, encoding: .utf8) else {
                throw CommandProblem("\(secretFile) cannot be read", advice: "Check the path of --secret-file.")
            }
            secret = text.trimmingCharacters(in: .newlines)
        } else {
            secret = ProcessInfo.processInfo.environment["HYDRANT_SECRET"]
        }
        return secret.map { .object(members + [JSON.Member(field.name, .string($0))]) } ?? document
    }

    private func problem(with document: JSON, _ rows: [SignatureRow]) -> CommandProblem {
        let fitting = rows.filter { $0.accepts(document) }
        guard let row = fitting.first else {
            let missing = rows.map { $0.missing(in: document) }.min { $0.count < $1.count } ?? []
            return CommandProblem(
                "missing or not readable: \(missing.joined(separator: ", "))", advice: fieldList(rows))
        }
        let unknown = row.unknown(in: document)
        return CommandProblem(
            unknown.isEmpty ? "no such algorithm" : "unknown: \(unknown.joined(separator: ", "))",
            advice: fieldList(rows))
    }

    private func fieldList(_ rows: [SignatureRow]) -> String {
        let lines = rows.map { row in
            let fields = row.fields.map { field in
                let kind = field.isPairs ? " (object)" : field.isSecret ? " (secret)" : ""
                return field.isRequired ? "\(field.name)\(kind)" : "[\(field.name)\(kind)]"
            }
            return "    \(row.algorithm): \(fields.joined(separator: ", "))"
        }
        return "The fields are, by algorithm (name one as \"algorithm\"; [optional]):\n" + lines.joined(separator: "\n")
    }

    // MARK: - A list of known signatures

    private func check(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandProblem("\(path) cannot be read", advice: "Check the path of --vectors.")
        }
        guard let vectors = try readDocument(data, path).array else {
            throw CommandProblem(
                "\(path) is no list",
                advice: "It must be a list of {id, system, operation, algorithm, inputs, expected}.")
        }
        var passed: Int64 = 0
        var unsupported: Int64 = 0
        var failures: [JSON] = []
        for (index, vector) in vectors.enumerated() {
            guard let id = vector["id"]?.string, let inputs = vector["inputs"], inputs.members != nil,
                let expected = vector["expected"]
            else {
                throw CommandProblem("\(path): entry \(index + 1) lacks id, inputs or expected")
            }
            guard let result = SignatureTable.result(of: vector) else {
                unsupported += 1
                continue
            }
            if result == expected { passed += 1 } else { failures.append(.string(id)) }
        }
        Terminal.result([
            "passed": .integer(passed), "failed": .integer(Int64(failures.count)),
            "unsupported": .integer(unsupported), "failures": .array(failures),
        ])
        if !failures.isEmpty { throw ExitCode(1) }
    }
}
