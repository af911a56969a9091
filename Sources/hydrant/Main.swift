import ArgumentParser
import Foundation
import HydrantDocuments

/// Parses the command line and turns every end into an exit code: 0 done, 1 found something wrong, 2 bad input.
@main
enum Main {
    static func main() async {
        // A database and its key hold other people's business: files are for the user that runs the hub alone.
        umask(0o077)
        do {
            try HydrantCommand.refuseUnknownName(CommandLine.arguments.dropFirst().first)
            var command = try HydrantCommand.parsed(Array(CommandLine.arguments.dropFirst()))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch let problem as CommandProblem {
            Terminal.standardError("hydrant: \(problem.message)\n")
            if !problem.advice.isEmpty { Terminal.standardError("  \(problem.advice)\n") }
            exit(problem.exitCode)
        } catch {
            let code = HydrantCommand.exitCode(for: error)
            let message = HydrantCommand.fullMessage(for: error)
            if code == .success {
                Terminal.standardOutput(message + "\n")
                exit(0)
            }
            Terminal.standardError(message + "\n")
            exit(2)
        }
    }
}

struct HydrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hydrant",
        abstract: "The order hub: one order state, each with proof, across the systems you already have.",
        discussion: """
            First steps:
              hydrant demo      (a whole Double-11 day with simulated partners)
              hydrant import --mapping DOCUMENT --from FOLDER --database FILE
              hydrant wrong-orders --database FILE
              hydrant serve --database FILE

            JSON goes to standard output, progress and logs to standard error.
            Exit codes: 0 done, 1 found something wrong, 2 bad input.
            """,
        version: hydrantVersion,
        subcommands: [
            ServeCommand.self, DemoCommand.self, UserCommand.self, TokenCommand.self, ImportCommand.self,
            WrongOrdersCommand.self, HealthCommand.self,
            OrderCommand.self, VerifyCommand.self, SignCommand.self, TrackCommand.self, NumbersCommand.self,
            AddressCommand.self, FreightCommand.self, BagCommand.self, PrintCommand.self, RulesCommand.self,
            BackupCommand.self, RestoreCommand.self, MigrateCommand.self, SandboxCommand.self, SimulateCommand.self,
            BenchCommand.self, DoctorCommand.self,
        ])
}

extension HydrantCommand {
    /// The command with its options. An option that does not exist is named before any that is missing.
    fileprivate static func parsed(_ words: [String]) throws -> any ParsableCommand {
        do {
            return try parseAsRoot(words)
        } catch {
            if exitCode(for: error) != .success { try refuseUnknownOption(in: words) }
            throw error
        }
    }

    private static func refuseUnknownOption(in words: [String]) throws {
        var command: any ParsableCommand.Type = HydrantCommand.self
        for word in words {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
            command = next
        }
        let marks = CharacterSet(charactersIn: " \n[]|,()")
        let help = helpMessage(for: command, columns: 1_000).components(separatedBy: marks)
        let isName = { (word: String) in word.dropFirst(2).allSatisfy { $0.isLetter || $0 == "-" } }
        let names = Set(help.filter { $0.hasPrefix("--") && $0.count > 2 && isName($0) }).sorted()
        for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = String(word.prefix { $0 != "=" })
            guard !names.contains(name) else { continue }
            let guess = closestWord(to: name, among: names).map { "Did you mean “\($0)”? " } ?? ""
            throw CommandProblem(
                "there is no option “\(name)”",
                advice: guess + "The options are \(names.joined(separator: ", ")).")
        }
    }

    /// A first word that is no command, with the one that was probably meant.
    static func refuseUnknownName(_ word: String?) throws {
        let names = configuration.subcommands.map { $0._commandName }
        guard let word, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
        let guess = closestWord(to: word, among: names).map { "Did you mean “\($0)”? " } ?? ""
        throw CommandProblem(
            "there is no command “\(word)”",
            advice: guess + "The commands are \(names.joined(separator: ", ")); hydrant --help tells about them.")
    }
}

/// The release that this program is.
let hydrantVersion = "0.6.0"
