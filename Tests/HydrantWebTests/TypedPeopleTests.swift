import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Telephone numbers that people type where no receiver belongs.
@Suite struct TypedPeopleTests {
    private static let phone = "13711110007"

    private static func begin(_ api: APIFixture) async throws {
        let fields: JSON = [
            ["name": "number", "label": "Number of the way back", "kind": "text"],
            ["name": "said", "label": "What was said", "kind": "text"],
            ["name": "note", "label": "Note", "kind": "text", "required": false],
            [
                "name": "how", "label": "How", "kind": "choice",
                "options": [["value": "13711110007", "text": "an article that looks like a number"]],
            ],
        ]
        let task: JSON = ["id": "T", "owner": "service", "reason": "ask the customer", "fields": fields]
        let receiver: JSON = ["name": "李雷雷", "phone": "13900001111"]
        for fact in [
            Facts.placed("A1", extra: [("receiver", receiver)]), Facts.fact("task.asked", "A1", "t-1", task),
        ] { _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)]) }
    }

    private static func events(_ api: APIFixture) async throws -> String {
        try await api.store.read { try $0.events(of: "A1") }.map { String(decoding: $0.bytes, as: UTF8.self) }
            .joined(separator: "\n")
    }

    /// The name of the task that the order's page shows.
    private static func beginWithTask(_ api: APIFixture, _ cookie: String) async throws -> String {
        try await begin(api)
        let page = try await api.send(.get, "/orders/A1", headers: [.cookie: cookie])
        return try #require(page.text.firstMatch(of: /name="task" value="([0-9a-f]+)"/)).output.1.description
    }

    private static func form(_ fields: [(name: String, value: String)]) -> String { formEncoded(fields) }

    @Test func `reasons and answers of tasks lose them, and tracking numbers and options stay`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            let name = try await Self.beginWithTask(api, cookie)
            let snooze = Self.form([
                ("task", name), ("act", "snooze"), ("hours", "1"), ("reason", "back! \(Self.phone)"),
            ])
            #expect(try await api.submit("/tasks/one", snooze, cookie: cookie).status == 303)
            #expect(try await Self.events(api).contains("back! ***"))
            let resolve = Self.form([
                ("task", name), ("act", "resolve"), ("a.number", "SF1234567890123"),
                ("a.said", "ring me! \(Self.phone)"), ("a.how", Self.phone), ("a.note", "or! +86 137 1111 0007"),
                ("a.x! \(Self.phone)", "y! \(Self.phone)"), ("minutes", "3"),
            ])
            #expect(try await api.submit("/tasks/one", resolve, cookie: cookie).status == 303)
            let order = try #require(try await api.hub.committer.order("A1"))
            let resolution = try #require(order.taskResolutions.values.first)
            #expect(resolution.note.hasPrefix("or! ") && resolution.note.hasSuffix("***"))
            #expect(resolution.answers["number"] == "SF1234567890123")
            #expect(resolution.answers["said"] == "ring me! ***")
            #expect(resolution.answers["how"] == Self.phone)
            #expect(Set(resolution.answers.keys) == ["number", "said", "how", "note"])
            let told = try await Self.events(api).replacing("\"how\":\"\(Self.phone)\"", with: "")
            #expect(!told.replacing("\"value\":\"\(Self.phone)\"", with: "").contains(Self.phone))
        }
    }

    @Test(arguments: ["13711110007", "8613711110007", "137 1111 0007", "back at 13711110007"])
    func `a telephone number where a tracking number is asked for is none`(typed: String) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            let name = try await Self.beginWithTask(api, cookie)
            let resolve = Self.form([
                ("task", name), ("act", "resolve"), ("a.number", typed), ("a.said", "no"), ("a.how", Self.phone),
            ])
            #expect(try await api.submit("/tasks/one", resolve, cookie: cookie).status == 303)
            let order = try #require(try await api.hub.committer.order("A1"))
            let number = try #require(order.taskResolutions.values.first?.answers["number"])
            #expect(number.contains("***") && !number.contains("0007"))
        }
    }

    @Test func `the trail keeps why a receiver was shown and messages were dropped, without numbers`() async throws {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        let boss = try await api.cookie(of: .owner)
        try await api.running {
            try await Self.begin(api)
            let reason = Self.form([("reason", "rang! \(Self.phone)")])
            let shown = try await api.submit("/orders/A1/receiver", reason, cookie: service)
            #expect(shown.status == 200 && shown.text.contains("13900001111") && !shown.text.contains(Self.phone))
            let row = try api.hub.intake.park([1], source: "zto", place: "p", reason: "odd", now: APIFixture.begin)
            _ = try await api.hub.committer.submit(Submission(parked: [row]))
            let drop = Self.form([
                ("source", "zto"), ("reason", "odd"), ("do", "drop"), ("seen", "9999"),
                ("why", "test of! \(Self.phone)"),
            ])
            #expect(try await api.submit("/settings/parked", drop, cookie: boss).status == 200)
        }
        let reasons = try await api.store.read { try $0.auditRows(after: 0, limit: 99) }.map(\.entry.reason)
        #expect(reasons.contains("rang! ***") && reasons.contains("test of! ***"))
        #expect(!reasons.contains { $0.contains(Self.phone) })
    }

    @Test func `a note is about a call or a ticket of the order, or about nothing`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await Self.begin(api)
            let other = Facts.placed("B1", id: "p-2")
            _ = try await api.hub.submit([try api.hub.intake.read(other, receivedAt: APIFixture.begin)])
            for order in ["A1", "B1"] {
                let ticket = Self.form([("act", "ticket.open"), ("reason", "broken glass"), ("target", "damaged")])
                _ = try await api.submit("/orders/\(order)/actions", ticket, cookie: cookie)
            }
            let own = try #require(try await api.hub.committer.order("A1")?.tickets.entries.first?.id)
            for about in ["x \(Self.phone)", "T"] where about != own {
                let note = Self.form([("kind", "note"), ("about", about), ("text", "hello")])
                let refused = try await api.submit("/orders/A1/notes", note, cookie: cookie)
                #expect(refused.status == 409 && !refused.text.contains(Self.phone), "\(about)")
            }
            #expect(try await api.store.read { try $0.records("order-notes", after: "", limit: 9) }.isEmpty)
            let note = Self.form([("kind", "ticket-note"), ("about", own), ("text", "hello")])
            #expect(try await api.submit("/orders/A1/notes", note, cookie: cookie).status == 303)
            #expect(try await !Self.events(api).contains("note\",\"about\":\"x"))
        }
    }
}
