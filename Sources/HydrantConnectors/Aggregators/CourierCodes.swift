import HydrantConnectorKit
import HydrantCore

/// What one aggregator calls the couriers that it serves.
struct CourierCodes: Sendable {
    private var codes: [String: String]
    /// The courier of everything that names none; option `courier`.
    let usual: String

    /// - Parameter table: the aggregator's code of each courier, by the hub's name for it. The option `courierCodes`
    ///   adds to it or overrules it: `NAME=code, NAME=code`.
    init(_ table: [String: String], _ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        codes = table
        for pair in try settings.pairs("courierCodes") { codes[pair.name.uppercased()] = pair.value }
        usual = settings.option("courier", default: "").uppercased()
        guard usual.isEmpty || codes[usual] != nil else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "options.courier",
                message: "must be one of \(codes.keys.sorted().joined(separator: ", ")), is '\(usual)'")
        }
    }

    /// The hub's name of an instruction's courier: the one it names, or that of its waybill, or the usual one.
    ///
    /// Questions go by what is known of the waybill now: its courier may have been corrected since they were asked.
    func courier(for request: InstructionRequest) -> String {
        let known = request.waybill?.courier ?? ""
        let isQuestion = [.queryTrace, .subscribeTrace].contains(request.instruction.kind)
        if isQuestion, code(of: known) != nil { return known.uppercased() }
        let names = [request.instruction.courier, known, usual]
        return names.first { !$0.isEmpty }?.uppercased() ?? ""
    }

    /// The aggregator's code of an instruction's courier.
    func code(for request: InstructionRequest) throws(UnservedCourier) -> String {
        let courier = courier(for: request)
        guard let code = codes[courier] else {
            throw UnservedCourier(system: request.instruction.system, courier: courier)
        }
        return code
    }

    /// Nil for a courier that is in no table: its code is never guessed.
    func code(of courier: String) -> String? { codes[courier.uppercased()] }

    /// The hub's name for a code; nil for one that is in no table.
    func courier(of code: String) -> String? {
        codes.filter { $0.value.lowercased() == code.lowercased() }.map(\.key).min()
    }
}

/// A courier without a code: another channel may know it.
struct UnservedCourier: Error {
    var system: String
    var courier: String

    var result: InstructionResult {
        let name = courier.isEmpty ? "no courier is named" : "there is no code for the courier \(courier)"
        return .refused(detail: "\(name); set courier or courierCodes of \(system)", class: .channel)
    }
}
