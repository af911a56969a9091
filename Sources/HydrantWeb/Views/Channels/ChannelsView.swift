import HydrantConnectorKit
package import HydrantCore
package import HydrantEngine
import HydrantStorage

/// What the page of channels shows: the model.
package struct ChannelsPage: Sendable {
    package var asOf: Instant
    package var channels: [ChannelView]
    /// What the demonstration offers; nil outside it.
    package var outages: OutageControl?

    package init(asOf: Instant, channels: [ChannelView], outages: OutageControl? = nil) {
        self.asOf = asOf
        self.channels = channels
        self.outages = outages
    }

    /// Changes whenever the page has to be drawn again. Ages are shown by the minute.
    package var fingerprint: String {
        var text = "\(asOf.milliseconds / 60_000)"
        for channel in channels {
            text += "|\(channel.system),\(channel.usedToday ?? -1),\(channel.closedUntil?.milliseconds ?? 0)"
            text += ",\(channel.numbers.map { "\($0.balance)" } ?? "")"
            text += ",\(channel.retries.count),\(channel.retries.most)"
            for lane in channel.lanes {
                text += "|\(lane.lane.kind.rawValue),\(lane.gate.rawValue),\(lane.calls),\(lane.failures)"
                text += ",\(lane.median ?? 0),\(lane.slowest ?? 0),\(lane.waiting),\(lane.underWay),\(lane.timeLimit)"
                text += ",\(lane.nextTryAt?.milliseconds ?? 0),\(lane.lastError?.at.milliseconds ?? 0)"
            }
        }
        for outage in outages?.outages ?? [] { text += "|\(outage.system),\(outage.until?.milliseconds ?? 0)" }
        return String(fnv1a(Array(text.utf8)), radix: 36)
    }
}

/// The page of channels: how each operation of each outside system goes.
struct ChannelsView {
    let page: ChannelsPage
    /// Proves that a form was asked for by the browser that sends it; nil where nobody is signed in.
    var formToken: String?

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        return frame.document(fragment(words, files: files), title: words("channels_title"), files: files)
    }

    /// The content without the frame, which an open page asks for again.
    func fragment(_ words: Words, files: PageFiles) -> String {
        let formats = Formats(words: words, now: page.asOf)
        let waiting = page.channels.flatMap(\.lanes).reduce(0) { $0 + $1.waiting }
        let isTroubled = page.channels.contains { channel in
            !channel.isConnected || channel.numbers?.areFew == true || channel.lanes.contains { $0.gate != .closed }
        }
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(page.asOf, seconds: true),
            "refresh": ["href": "/channels/fragment", "seen": page.fingerprint],
            "isEmpty": page.channels.isEmpty, "calm": !isTroubled && !page.channels.isEmpty,
            "calmText": words("channels_calm", ["count": formats.count(waiting)]),
            "channels": page.channels.map { channel($0, formats) },
            "demo": page.outages.map { outages($0, formats) as Any } ?? false,
        ]
        return files.render(bindings, "channels")
    }

    private func channel(_ channel: ChannelView, _ formats: Formats) -> Bindings {
        let words = formats.words
        return [
            "system": channel.system, "name": words.system(channel.system),
            "unconnected": channel.isConnected
                ? false : ["text": words("channel_unconnected", ["system": channel.system])] as Any,
            "closed": shown(
                channel.closedUntil.map { words("channel_closed_until", ["time": formats.time($0)]) }),
            "few": shown(few(channel, formats)), "quota": shown(quota(channel, formats)),
            "hasLanes": !channel.lanes.isEmpty,
            "lanes": channel.lanes.map { lane($0, isConnected: channel.isConnected, formats) },
        ]
    }

    /// What to do where waybill numbers are running out.
    private func few(_ channel: ChannelView, _ formats: Formats) -> String? {
        guard let numbers = channel.numbers, numbers.areFew else { return nil }
        let name = formats.words.system(channel.system)
        guard case .left(let count) = numbers.balance else {
            return formats.words("numbers_few_unsure", ["name": name])
        }
        return formats.words("numbers_few", ["count": formats.count(count), "name": name])
    }

    private func numbers(_ channel: ChannelView, _ formats: Formats) -> String? {
        switch channel.numbers?.balance {
        case .left(let count): formats.words("numbers_left", ["count": formats.count(count)])
        case .unknown: formats.words("numbers_unknown")
        case nil: nil
        }
    }

    private func quota(_ channel: ChannelView, _ formats: Formats) -> String? {
        let words = formats.words
        let parts = [
            numbers(channel, formats),
            channel.quota?.perSecond.map { words("channel_per_second", ["count": formats.count($0)]) },
            channel.quota?.perDay.map {
                words(
                    "channel_per_day",
                    ["used": formats.count(channel.usedToday ?? 0), "count": formats.count($0)])
            },
            channel.isConnected ? retries(channel.retries, formats) : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    private func retries(_ left: RetriesLeft, _ formats: Formats) -> String {
        if let next = left.nextAt { return formats.words("channel_retries_used", ["time": formats.time(next)]) }
        return formats.words(
            "channel_retries", ["count": formats.count(left.count), "limit": formats.count(left.most)])
    }

    /// How many calls are under way and how long one may take, beside what is allowed.
    private func limits(_ lane: LaneView, _ formats: Formats) -> Bindings {
        let words = formats.words
        let time = milliseconds(lane.timeLimit, formats)
        return [
            "underWay": words(
                "lane_under_way",
                ["count": formats.count(lane.underWay), "limit": formats.count(lane.underWayLimit)]),
            "time": words(
                lane.isTimeLimitMeasured ? "lane_time_limit_measured" : "lane_time_limit", ["time": time]),
        ]
    }

    private func lane(_ lane: LaneView, isConnected: Bool, _ formats: Formats) -> Bindings {
        let words = formats.words
        let state = isConnected ? lane.gate.rawValue : "unconnected"
        return [
            "kind": words(lane.lane.kind.text), "state": state, "stateText": words("gate_\(state)"),
            "icon": ["closed": "ok", "trying": "late", "open": "wrong"][state] ?? "unknown",
            "since": formats.binding(lane.downSince, seconds: true),
            "calls": formats.count(lane.calls), "failures": formats.count(lane.failures),
            "hasFailures": lane.failures > 0,
            "median": lane.median.map { milliseconds($0, formats) } ?? "—",
            "slowest": lane.slowest.map { milliseconds($0, formats) } ?? "—",
            "limits": isConnected ? limits(lane, formats) as Any : false,
            "waiting": formats.count(lane.waiting), "hasWaiting": lane.waiting > 0,
            "href": lanePath(lane.lane), "oldest": formats.binding(lane.oldestIssuedAt),
            "trouble": trouble(lane, formats),
            "next": lane.nextTryAt.map {
                words("channel_next_try", ["time": formats.time($0)])
            } as Any? ?? false,
        ]
    }

    /// The last error in words; of a lane that works it is only remembered with its time.
    private func trouble(_ lane: LaneView, _ formats: Formats) -> Any {
        if let trouble = lane.trouble { return ["text": formats.words(trouble), "at": false] as Bindings }
        guard let error = lane.lastError else { return false }
        return ["text": formats.words(error.text), "at": formats.binding(error.at, seconds: true)] as Bindings
    }

    private func milliseconds(_ length: Milliseconds, _ formats: Formats) -> String {
        length < 1_000 ? "\(length) ms" : "\(formats.decimal(Double(length) / 1_000, places: 1)) s"
    }

    private func outages(_ control: OutageControl, _ formats: Formats) -> Bindings {
        let words = formats.words
        return [
            "token": formToken ?? "",
            "systems": control.outages.map { outage -> Bindings in
                let name = words.system(outage.system)
                return [
                    "system": outage.system, "name": name,
                    "isDown": outage.until != nil,
                    "text": outage.until.map { words("outage_until", ["name": name, "time": formats.time($0)]) }
                        ?? words("outage_up", ["name": name]),
                    "button": words(outage.until == nil ? "outage_begin" : "outage_end", ["name": name]),
                ]
            },
        ]
    }
}

/// The page of what waits in a lane.
func lanePath(_ lane: InstructionLane) -> String {
    "/channels/\(encodedPiece(lane.system))/\(encodedPiece(lane.kind.rawValue))"
}
