package import HydrantCore

/// The systems of the simulated company.
enum SimulatedSystem {
    static let warehouse = "wms"
    static let customers = "crm"
    static let finance = "finance"
    static let courier = "sf"
    static let all = [warehouse, customers, finance, courier]
}

extension Settings {
    /// The documents of the simulated company: who is asked for what, and what its systems' words mean.
    package static let simulated: Settings = {
        let steps = (0...7).map { Flow.Step(number: $0, dwellLimit: $0 == 5 ? .hours(6) : .hours(2)) }
        let requests = [
            Flow.Request(afterState: 1, kind: .checkCredit, system: SimulatedSystem.customers),
            Flow.Request(afterState: 2, kind: .createDelivery, system: SimulatedSystem.warehouse),
            Flow.Request(afterState: 2, kind: .cancelDelivery, system: SimulatedSystem.warehouse),
            Flow.Request(afterState: 4, kind: .createWaybill, system: SimulatedSystem.courier),
            Flow.Request(afterState: 5, kind: .queryTrace, system: SimulatedSystem.courier),
            Flow.Request(
                afterState: 5, kind: .notifyCustomer, system: SimulatedSystem.customers, touchpoint: .shipped),
            Flow.Request(afterState: 6, kind: .issueInvoice, system: SimulatedSystem.finance),
            Flow.Request(afterState: 6, kind: .registerWarranty, system: SimulatedSystem.customers),
            Flow.Request(afterState: 6, kind: .notifyCustomer, system: SimulatedSystem.customers, touchpoint: .signed),
            Flow.Request(
                afterState: 7, kind: .notifyCustomer, system: SimulatedSystem.customers, touchpoint: .warranty),
        ]
        let words = WordTable(systems: [
            SimulatedSystem.warehouse: [
                "ACCEPTED": WordTable.Range(lowest: 2, highest: 3),
                "PACKED": WordTable.Range(lowest: 3, highest: 5),
                "SHIPPED": WordTable.Range(lowest: 4, highest: 7),
            ]
        ])
        var settings = Settings(
            version: "simulated-1", flow: Flow(steps: steps, requests: requests), words: words)
        // Short enough that couriers are asked again while the simulation runs.
        settings.dispatch.routes.silence = .hours(3)
        // Short enough that orders leave the window while the simulation runs.
        settings.health.window = .hours(6)
        return settings
    }()
}
