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
            They share a bag when warehouse, courier, rider, line and area are the same and they leave less than 15
            minutes apart. Held, cancelled and re-addressed parcels are listed with their reason and are in no bag.
            """)

    func run() throws {
        let document: JSON
        do {
            let limits = JSON.Limits(values: 20_000_000)
            document = try JSON(bytes: Array(FileHandle.standardInput.readDataToEndOfFile()), limits: limits)
        } catch {
            throw CommandProblem("standard input is not JSON: \(error.message) at byte \(error.offset)")
        }
        do {
            let (parcels, rules) = try Bagging.read(document)
            Terminal.result(bagging(of: parcels, rules: rules).json)
        } catch {
            throw CommandProblem("\(error.place): \(error.message)", advice: "docs/bagging.md lists the fields.")
        }
    }
}
