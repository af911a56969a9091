package import HydrantCore
package import HydrantEngine
package import HydrantStorage

/// Where packed parcels stand on their way to a number: the model.
package struct CouriersPage: Sendable {
    package var asOf: Instant
    package var counts: [ParcelCount]

    package init(asOf: Instant, counts: [ParcelCount]) {
        self.asOf = asOf
        self.counts = counts
    }

    package static func load(from hub: Hub) async throws -> CouriersPage {
        let counts = try await hub.store.read { try $0.parcelCounts() }
        return CouriersPage(asOf: hub.clock.now(), counts: counts)
    }

    /// Changes whenever the page has to be drawn again. Ages are shown by the minute.
    package var fingerprint: String {
        var text = "\(asOf.milliseconds / 60_000)"
        for count in counts {
            text += "|\(count.set.rawValue),\(count.courier),\(count.channel),\(count.count)"
            text += ",\(count.oldestSince.milliseconds)"
        }
        return String(fnv1a(Array(text.utf8)), radix: 36)
    }

    /// The sum of what matches; nil leaves a member open.
    package func sum(_ set: TrackingSet, courier: String? = nil, channel: String? = nil) -> (
        count: Int64, oldest: Instant?
    ) {
        let matching = counts.filter {
            $0.set == set && (courier == nil || $0.courier == courier) && (channel == nil || $0.channel == channel)
        }
        return (matching.reduce(0) { $0 + $1.count }, matching.map(\.oldestSince).min())
    }
}

/// The courier board: five sets with their clocks, for each courier and channel.
struct CouriersView {
    let page: CouriersPage

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        return frame.document(fragment(words, files: files), title: words("couriers_title"), files: files)
    }

    /// The content without the frame, which an open page asks for again.
    func fragment(_ words: Words, files: PageFiles) -> String {
        let formats = Formats(words: words, now: page.asOf)
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(page.asOf, seconds: true),
            "refresh": ["href": "/couriers/fragment", "seen": page.fingerprint],
            "isEmpty": page.counts.isEmpty,
            "sets": TrackingSet.allCases.map { cell($0, nil, nil, formats) },
            "rows": pairs.map { pair -> Bindings in
                [
                    "courier": words.system(pair.courier.isEmpty ? pair.channel : pair.courier),
                    "channel": pair.channel.isEmpty ? "—" : words.system(pair.channel),
                    "cells": TrackingSet.allCases.map { cell($0, pair.courier, pair.channel, formats) },
                ]
            },
        ]
        return files.render(bindings, "couriers")
    }

    private struct Pair: Hashable, Comparable {
        var courier: String
        var channel: String

        static func < (left: Pair, right: Pair) -> Bool {
            (left.courier, left.channel) < (right.courier, right.channel)
        }
    }

    private var pairs: [Pair] {
        Set(page.counts.map { Pair(courier: $0.courier, channel: $0.channel) }).sorted()
    }

    private func cell(_ set: TrackingSet, _ courier: String?, _ channel: String?, _ formats: Formats) -> Bindings {
        let words = formats.words
        let sum = page.sum(set, courier: courier, channel: channel)
        let name = words("set_\(keyPart(set.rawValue))")
        return [
            "name": name, "hint": words("set_\(keyPart(set.rawValue))_hint"), "count": formats.count(sum.count),
            "some": sum.count > 0, "href": courierListPath(set, courier, channel),
            "oldest": set == .numberReadBack ? false : formats.binding(sum.oldest),
        ]
    }
}

/// The list behind a number of the board.
func courierListPath(_ set: TrackingSet, _ courier: String?, _ channel: String?, after: Int64? = nil) -> String {
    address(
        "/couriers/parcels",
        [("set", set.rawValue), ("courier", courier), ("channel", channel), ("after", after.map(String.init))])
}
