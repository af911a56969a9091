import Hummingbird
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

/// `/settings`: everything that the hub decides by, and where each of it is changed.
extension PeopleRoutes {
    func settings(_ request: PageRequest) async throws -> Response {
        let words = words(request)
        let settings = hub.settings
        let overview = try await hub.overview()
        let unknown = overview.health.unknown
        let formats = Formats(words: words, now: overview.asOf)
        let doors: [(String, String, String)] = [
            ("/settings/words", words("words_title"), words("settings_words", ["count": formats.count(unknown)])),
            (
                "/settings/parked", words("parked_title"),
                words("settings_parked", ["count": formats.count(overview.counts.parked)])
            ),
            ("/settings/users", words("users_title"), words("settings_users")),
            ("/settings/tokens", words("machines_title"), words("settings_tokens")),
            ("/interceptors", words("nav_interceptors"), words("settings_rules")),
            ("/channels", words("channels_title"), words("settings_channels")),
            ("/audit", words("audit_title"), words("audit_hint")),
        ]
        let bindings: Bindings = [
            "version": settings.isBuiltIn ? words("settings_built_in") : settings.version,
            "documentHint": words(settings.isBuiltIn ? "settings_built_in_hint" : "settings_document_hint"),
            "doors": doors.filter { viewer.mayOpen("GET", $0.0) }.map { door -> Bindings in
                ["href": door.0, "name": door.1, "text": door.2]
            },
            "steps": settings.flow.steps.map { step -> Bindings in
                [
                    "number": String(step.number), "name": words(stateNames[step.number].text),
                    "limit": words(durationText(step.dwellLimit)),
                    "reported": words(step.isReported || step.number == 0 ? "settings_reported" : "settings_inferred"),
                ]
            },
            "requests": requests(settings.flow, words),
            "doubts": settings.calendarDoubts.map { words($0.text) }, "hasDoubts": !settings.calendarDoubts.isEmpty,
            "calendars": CalendarRows(words).rows(settings.calendars), "hasCalendars": !settings.calendars.isEmpty,
            "hasRequests": !settings.flow.requests.isEmpty, "chains": chains(settings.dispatch, words),
            "senders": senders(settings.dispatch, words),
            "senderDoubts": settings.senderDoubts.map { words($0.text) },
            "hasSenderDoubts": !settings.senderDoubts.isEmpty, "hasChains": !settings.dispatch.chains.isEmpty,
            "couriers": couriers(settings.dispatch),
            "hasCouriers": !settings.dispatch.couriers.isEmpty, "limits": limits(settings, formats),
        ]
        return answer(document(bindings, "settings", title: words("settings_title"), request, .users), 200)
    }

    /// In the order of the states, and last what follows from a cancellation; a message to the customer says which one
    /// it is.
    private func requests(_ flow: Flow, _ words: Words) -> [Bindings] {
        let ofStates = flow.requests.filter { $0.kind != .cancelDelivery }
        let sorted = (0...7).flatMap { state in ofStates.filter { min($0.afterState, 7) == state } }
        return (sorted + flow.requests.filter { $0.kind == .cancelDelivery }).map { asked in
            let detail: String? =
                asked.kind == .cancelDelivery
                ? words("settings_only_where_asked")
                : asked.touchpoint.map { words("touchpoint_\(keyPart($0.rawValue))") }
            return [
                "after": moment(of: asked, words),
                "what": [words(asked.kind.text), detail].compactMap(\.self).joined(separator: " · "),
                "system": words.system(asked.system),
            ]
        }
    }

    private func moment(of asked: Flow.Request, _ words: Words) -> String {
        // A cancellation is no state: it may come in each of them.
        if asked.kind == .cancelDelivery { return words("settings_after_cancellation") }
        let state = min(asked.afterState, 7)
        return words(
            state == StateNumber.placed ? "settings_after_placed" : "settings_after_state",
            ["number": String(state), "name": words(stateNames[state].text)])
    }

    private func chains(_ dispatch: DispatchSettings, _ words: Words) -> [Bindings] {
        dispatch.chains.map { chain in
            [
                "warehouse": chain.warehouse ?? words("settings_every_warehouse"),
                "courier": shown(chain.courier.isEmpty ? nil : words.system(chain.courier)),
                "channels": chain.channels.map { words.system($0) }.joined(separator: " → "),
            ]
        }
    }

    /// Each warehouse's own address, and last the one of all the others.
    private func senders(_ dispatch: DispatchSettings, _ words: Words) -> [Bindings] {
        let own = dispatch.senders.filter { $0.warehouse != nil }
        let rows = (own + dispatch.senders.filter { $0.warehouse == nil }).map { sender -> Bindings in
            let house = sender.house
            return [
                "warehouse": sender.warehouse ?? words("settings_every_warehouse"),
                "person": "\(house.name) \(house.phone)", "place": shown(house.places.joined() + house.address),
            ]
        }
        guard rows.count == own.count else { return rows }
        let rest = words(own.isEmpty ? "settings_all_warehouses" : "settings_every_warehouse")
        return rows + [["warehouse": rest, "person": words("settings_connector_sender"), "place": false]]
    }

    private func couriers(_ dispatch: DispatchSettings) -> [Bindings] {
        dispatch.couriers.sorted { $0.key < $1.key }.map { name, numbers in
            ["name": name, "title": numbers.name]
        }
    }

    private func limits(_ settings: Settings, _ formats: Formats) -> [Bindings] {
        let words = formats.words
        let dispatch = settings.dispatch
        var rows: [(String, String)] = HealthDimension.allCases.map { dimension in
            let line = settings.health.alertLines[dimension]
            return (
                words("dimension_\(dimension.rawValue)"),
                (dimension.isBetterHigh ? "≥ " : "≤ ") + formats.percent(line, places: 1)
            )
        }
        rows += [
            (words("settings_window"), words(durationText(settings.health.window))),
            (words("settings_grace"), words(durationText(settings.grace))),
            (words("settings_channel_time"), words(durationText(dispatch.channelTime))),
            (words("settings_poll_every"), words(durationText(dispatch.pollEvery))),
        ]
        if let keeper = dispatch.keeper {
            rows.append((words("settings_keeper"), words(durationText(keeper.answerWithin))))
        }
        return rows.map { ["name": $0.0, "value": $0.1] }
    }
}
