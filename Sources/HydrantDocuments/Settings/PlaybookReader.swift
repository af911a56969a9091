internal import HydrantCore

/// Reads what playbooks have to know: rate cards, and who is told of a changed address.
struct PlaybookReader {
    func freight(_ value: DocumentValue) -> FreightSettings {
        var settings = FreightSettings()
        guard
            let group = value.group(
                allowed: ["weight", "tolerance", "origins", "cards"], required: ["origins", "cards"])
        else {
            return settings
        }
        let reader = FreightReader()
        if let grams = group["weight"].flatMap(reader.grams) { settings.grams = grams }
        if let tolerance = group["tolerance"].flatMap(reader.amount) { settings.toleranceMinor = tolerance }
        settings.cards = (group["cards"]?.items() ?? []).compactMap(reader.card)
        if group["cards"]?.isEmptyList == true { group["cards"]?.problem("needs at least one rate card") }
        for (warehouse, _, place) in group["origins"]?.members() ?? [] {
            let areas = reader.areas(place)
            if areas.count > 1 { place.problem("must be one place") }
            settings.origins[warehouse] = areas.first
        }
        return settings
    }

    /// Each role at most once; those that are not named are not told.
    func told(_ value: DocumentValue) -> [ToldSystem] {
        let roles = ToldSystem.Role.allCases
        guard let group = value.group(allowed: ["tell"], required: ["tell"]),
            let tell = group["tell"]?.group(allowed: roles.map(\.rawValue))
        else { return [] }
        return roles.compactMap { role in tell[role.rawValue]?.name().map { ToldSystem(role, $0) } }
    }
}
