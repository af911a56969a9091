package import HydrantConnectorKit
package import HydrantCore
package import ServiceLifecycle

/// All played systems as one world: the warehouse hands its parcels to every courier, whoever made their waybills.
package struct OutsideWorld: Sendable {
    package let world: SandboxWorld
    package let couriers: DirectSandbox
    package let partners: PartnerSandbox

    /// The three are to share one ``LoadingDock``.
    package init(world: SandboxWorld, couriers: DirectSandbox, partners: PartnerSandbox) {
        self.world = world
        self.couriers = couriers
        self.partners = partners
    }

    /// The servers and whatever pushes to the hub.
    ///
    /// - Parameter pushes: false where there is no hub to tell: everybody answers, and the warehouse does nothing by
    ///   itself.
    package func makeServices(pushes: Bool = true) -> [any Service] {
        var services = world.makeServices()
        if !pushes { services.removeLast() }
        return services + couriers.makeServices() + partners.makeServices()
    }

    package func waitUntilListening() async {
        await world.waitUntilListening()
        await couriers.waitUntilListening()
        await partners.waitUntilListening()
    }

    /// The hub's settings that fit this world, once everything listens. Of the two that play SF the warehouse's own
    /// counts. A repeated number of ours gives the first waybill again at these couriers.
    package var connectorSettings: [ConnectorSettings] {
        get async {
            let known = Set(world.connectorSettings.map(\.system))
            let direct = DirectCourier.allCases.filter { !known.contains($0.rawValue) }.map { courier in
                let isSafe = [.zto, .sto, .yto].contains(courier)
                return couriers.settings(of: courier, options: isSafe ? ["repeatIsSafe": "true"] : [:])
            }
            return world.connectorSettings + direct + (await partners.connectorSettings)
        }
    }

    // MARK: - Outages

    package var systems: [String] {
        let known = world.systems
        return known + (couriers.systems + partners.systems).filter { !known.contains($0) }
    }

    /// Takes a system down until a moment, or brings it back.
    package func setOutage(of system: String, until moment: Instant?) async {
        if world.systems.contains(system) { return await world.setOutage(of: system, until: moment) }
        await couriers.setOutage(of: system, until: moment)
        await partners.setOutage(of: system, until: moment)
    }

    /// Until when a system is down; nil while it works.
    package func outage(of system: String) async -> Instant? {
        if world.systems.contains(system) { return await world.outage(of: system) }
        if let until = await couriers.outage(of: system) { return until }
        return await partners.outage(of: system)
    }

    /// How far this world's messages are behind its clock.
    package var lag: Milliseconds { get async { max(await world.lag, await couriers.lag) } }
}
