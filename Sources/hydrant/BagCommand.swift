import ArgumentParser
import Foundation
import HydrantCore

struct BagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bag",
        abstract: "Put parcels that leave together into bags with one label each.",
        discussion: """
            The parcels come as JSON on standard input (docs/bagging.md):
              hydrant bag < parcels.json
            They share a bag when warehouse, courier, rider, line and area are the same and they leave less than 15 \
            minutes apart. Held, cancelled and re-addressed parcels are listed with their reason and are in no bag.

            With --check the document holds bags and what a scanner saw go into them, and every bag is answered with \
            the parcels that are foreign, missing or must not leave. Exit code 1 says that a bag must not be closed.
            """)

    @Flag(help: "Hold scans against bags: {\"bags\": […], \"scans\": [{\"bag\", \"parcel\"}]}.")
    var check = false

    func run() throws {
        let document: JSON
        do {
            let limits = JSON.Limits(values: 20_000_000)
            document = try JSON(bytes: Array(FileHandle.standardInput.readDataToEndOfFile()), limits: limits)
        } catch {
            throw CommandProblem("standard input is not JSON: \(error.message) at byte \(error.offset)")
        }
        do {
            if check { return try answer(BagCheck.read(document)) }
            let (parcels, rules) = try Bagging.read(document)
            Terminal.result(bagging(of: parcels, rules: rules).json)
        } catch let error as BagListProblem {
            throw CommandProblem("\(error.place): \(error.message)", advice: "docs/bagging.md lists the fields.")
        }
    }

    private func answer(_ document: (plans: [BagCheck.Plan], looks: [BagCheck.Look])) throws {
        let checks = BagCheck.check(document.plans, document.looks)
        let open = checks.filter { !$0.mayClose }
        Terminal.result([
            "bags": .integer(Int64(checks.count)), "mayClose": .integer(Int64(checks.count - open.count)),
            "wrong": .array(open.map(\.json)),
        ])
        if !open.isEmpty { throw ExitCode(1) }
    }
}
