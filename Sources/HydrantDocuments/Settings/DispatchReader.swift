internal import HydrantCore

/// Reads how parcels get their numbers: chains of channels, times, keepers, and the forms of couriers' numbers.
struct DispatchReader {
    func dispatch(_ value: DocumentValue) -> DispatchSettings {
        var settings = DispatchSettings()
        let allowed = [
            "chains", "senders", "channelTime", "pollEvery", "pollFor", "keeper", "couriers", "routes", "numbers",
        ]
        guard let group = value.group(allowed: allowed) else { return settings }
        if let numbers = group["numbers"] { settings.numbers = self.numbers(numbers) }
        if let routes = group["routes"] { settings.routes = self.routes(routes) }
        if let couriers = group["couriers"] { settings.couriers = self.couriers(couriers) }
        if let chains = group["chains"]?.items() { settings.chains = self.chains(chains) }
        if let senders = group["senders"] { settings.senders = SenderReader().senders(senders) }
        if let length = length(group["channelTime"], .minutes(1) ... .hours(24)) { settings.channelTime = length }
        if let length = length(group["pollEvery"], .minutes(1) ... .hours(24)) { settings.pollEvery = length }
        if let length = length(group["pollFor"], .hours(1) ... .hours(24 * 90)) { settings.pollFor = length }
        if let keeper = group["keeper"] { settings.keeper = self.keeper(keeper) }
        return settings
    }

    private func length(_ value: DocumentValue?, _ range: ClosedRange<Milliseconds>) -> Milliseconds? {
        guard let value, let length = value.duration() else { return nil }
        if range.contains(length) { return length }
        let least = durationText(range.lowerBound).english
        value.problem("must be from \(least) to \(durationText(range.upperBound).english)")
        return nil
    }

    private func chains(_ items: [DocumentValue]) -> [DispatchSettings.Chain] {
        var chains: [DispatchSettings.Chain] = []
        for item in items {
            let allowed = ["warehouse", "courier", "channels"]
            guard let group = item.group(allowed: allowed, required: ["channels"]),
                let channels = group["channels"]?.itemsOrOne().compactMap({ $0.name() }), !channels.isEmpty
            else {
                item.problem("needs at least one channel")
                continue
            }
            if Set(channels).count < channels.count { item.problem("names a channel twice") }
            let warehouse = group["warehouse"]?.name()
            let courier = group["courier"]?.name() ?? ""
            // A second chain of a warehouse is for the orders that want its courier.
            let before = chains.first {
                ($0.warehouse == nil || $0.warehouse == warehouse)
                    && (courier.isEmpty || $0.courier.lowercased() == courier.lowercased())
            }
            if let before, before.warehouse == nil {
                item.problem("is never used: a chain before it names no warehouse and stands for all of them")
            } else if before != nil, let warehouse {
                item.problem(
                    "is never used: another chain is for the warehouse \(warehouse)"
                        + (courier.isEmpty ? "" : " and the courier \(courier)"))
            }
            chains.append(.init(warehouse: warehouse, courier: courier, channels: channels))
        }
        return chains
    }

    private func keeper(_ value: DocumentValue) -> DispatchSettings.Keeper? {
        guard let group = value.group(allowed: ["of", "answerWithin"], required: ["of"]),
            let system = group["of"]?.name()
        else { return nil }
        var keeper = DispatchSettings.Keeper(system: system)
        if let length = length(group["answerWithin"], .minutes(5) ... .hours(72)) { keeper.answerWithin = length }
        return keeper
    }

    private func routes(_ value: DocumentValue) -> DispatchSettings.Routes {
        var routes = DispatchSettings.Routes()
        guard let group = value.group(allowed: ["asked", "every", "silence"], required: ["asked"]) else {
            return routes
        }
        routes.asked = (group["asked"]?.itemsOrOne() ?? []).compactMap { $0.name() }
        if let silence = group["silence"] {
            routes.silence = silence.text() == "never" ? nil : length(silence, .hours(1) ... .hours(24 * 7))
        }
        if let length = length(group["every"], .minutes(5) ... .hours(72)) { routes.every = length }
        return routes
    }

    private func numbers(_ value: DocumentValue) -> DispatchSettings.Numbers {
        var numbers = DispatchSettings.Numbers()
        guard let group = value.group(allowed: ["few", "askEvery"]) else { return numbers }
        if let few = group["few"]?.whole(in: 0...100_000_000) { numbers.few = Int64(few) }
        if let length = length(group["askEvery"], .minutes(5) ... .hours(72)) { numbers.askEvery = length }
        return numbers
    }

    private func couriers(_ value: DocumentValue) -> [String: CourierNumbers] {
        var couriers: [String: CourierNumbers] = [:]
        for (name, _, form) in value.members() ?? [] {
            guard let group = form.group(allowed: ["name", "numbers", "check"], required: ["numbers"]) else { continue }
            let patterns = (group["numbers"]?.itemsOrOne() ?? []).compactMap(pattern)
            couriers[name] = CourierNumbers(
                name: group["name"]?.name() ?? name, patterns: patterns,
                checkDigit: group["check"]?.choice(CourierNumbers.CheckDigit.self))
        }
        return couriers
    }

    private func pattern(_ value: DocumentValue) -> NumberPattern? {
        guard let text = value.text() else { return nil }
        if let pattern = NumberPattern(text) { return pattern }
        value.problem("must be a form like AB#{13} (# is a digit, @ a capital letter, {12-15} repeats), is “\(text)”")
        return nil
    }
}
