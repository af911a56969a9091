import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `/settings/parked`: messages that were set aside, by source and reason.
extension PeopleRoutes {
    static let parkedRowsAtMost = 2_000

    func parked(_ request: PageRequest, _ notice: Notice?) async throws -> Response {
        let words = words(request)
        let groups = try await hub.parkedGroups(limit: Self.parkedRowsAtMost)
        let total = try await hub.store.read { try $0.counts().parked }
        let now = hub.clock.now()
        let formats = Formats(words: words, now: now)
        let bindings: Bindings = [
            "asOf": formats.binding(now, seconds: true), "notice": notice?.bindings ?? false,
            "isEmpty": groups.isEmpty, "total": formats.count(total), "explain": words("parked_explain"),
            "cut": shown(total > Int64(Self.parkedRowsAtMost) ? words("parked_cut") : nil),
            "mayChange": viewer.mayOpen("POST", "/settings/parked"),
            "groups": groups.enumerated().map { index, group -> Bindings in
                [
                    "n": String(index), "seen": String(group.newestID), "source": group.source, "reason": group.reason,
                    "reasonText": ParkedWords.text(group.reason, words),
                    "count": formats.count(group.count), "oldest": formats.binding(group.oldest),
                    "newest": formats.binding(group.newest), "places": group.places.joined(separator: ", "),
                ]
            },
        ]
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "parked", title: words("parked_title"), request, .users), status)
    }

    func changeParked(_ request: PageRequest, _ form: Form) async throws -> Response {
        let words = words(request)
        if form["do"] == "again" {
            guard let found = try await hub.decideParkedAgain(source: form["source"], reason: form["reason"]) else {
                return try await parked(request, Notice(text: words("parked_busy"), isAlert: true))
            }
            let values = ["looked": String(found.looked), "recorded": String(found.recorded)]
            let text = words(found.isMore ? "parked_decided_part" : "parked_decided", values)
            return try await parked(request, Notice(text: text, isAlert: found.recorded == 0 && !found.isMore))
        }
        let now = hub.clock.now()
        let why = form["why"].filter { !$0.isNewline }
        guard form["do"] == "drop", (3...200).contains(why.count) else {
            return try await parked(request, Notice(text: words("parked_why"), isAlert: true))
        }
        guard let seen = Int64(form["seen"]) else { throw BadParameter("seen", allowed: []) }
        var group = ParkedGroup(source: form["source"], reason: form["reason"], oldest: now, newest: now)
        group.newestID = seen
        let count = try await hub.dropParked(group, why: why, by: viewer.actor)
        return try await parked(request, Notice(text: words("parked_dropped", ["count": String(count)])))
    }
}
