import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// An open page hears nothing more once its session, its person's rights or its token are gone.
@Suite struct StreamEndTests {
    enum Change: CaseIterable {
        case signOut
        case otherRole
        case otherWarehouses
        case disabled
        case reset
    }

    /// Two looks: the first is heard, the one after the change ends the answer.
    private func ends(
        _ api: APIFixture, _ path: String, _ headers: HTTPFields, _ change: () async throws -> Void
    ) async throws {
        let sampler = try #require(api.pages?.sampler)
        await sampler.sample()
        let response = try await api.open(path, headers: headers)
        #expect(response.status == .ok)
        let collector = BodyCollector()
        async let end: Void = response.body.write(collector)
        await sampler.sample()
        #expect(await sampler.watcherCount >= 1)
        for _ in 0..<100_000 where collector.bytes.isEmpty { await Task.yield() }
        try await change()
        await sampler.sample()
        // Hangs where the stream goes on.
        try await end
        #expect(String(decoding: collector.bytes, as: UTF8.self).hasPrefix("event: "))
    }

    @Test(.timeLimit(.minutes(1)), arguments: Change.allCases)
    func `a stream of a session ends with it`(change: Change) async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.running {
            _ = try await api.post([Facts.placed("A1", extra: [("warehouse", "W1")])])
            for path in ["/events/overview", "/events/orders/A1", "/events/tasks"] {
                let name = "li" + String(path.utf8.count)
                try await api.join(people, name, .warehouse, warehouses: ["W1"])
                let cookie = try APIFixture.cookie(try await api.signIn(name))
                try await ends(api, path, [.cookie: cookie]) {
                    switch change {
                    case .signOut: #expect(try await api.submit("/sign-out", "", cookie: cookie).status == 303)
                    case .otherRole: try await people.assign(name, role: .service, warehouses: [], by: "user:boss")
                    case .otherWarehouses:
                        try await people.assign(name, role: .warehouse, warehouses: ["W2"], by: "user:boss")
                    case .disabled: try await people.setDisabled(name, true, by: "user:boss")
                    case .reset: _ = try await people.reset(name, by: "user:boss")
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a stream of a person's token ends when the token is taken back`() async throws
    {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.running {
            try await api.join(people, "li", .operations)
            let token = try await people.addToken("wall", scopes: [.read], of: "li", by: "user:li")
            try await ends(api, "/events/overview", [.authorization: "Bearer \(token)"]) {
                let kept = try #require(try await people.tokens(of: "li").first)
                try await people.removeToken(kept.id, of: "li", by: "user:li")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["/events/overview", "/events/orders/A1", "/events/tasks"])
    func `a stream ends when its role must have a second factor from now on`(path: String) async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            try await api.join(people, "li", .operations)
            let cookie = try APIFixture.cookie(try await api.signIn("li"))
            try await ends(api, path, [.cookie: cookie]) {
                try await people.demandFactor(of: [.operations], by: "user:boss")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a stream goes on while nothing changed`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.running {
            try await api.join(api.people(), "li", .operations)
            let cookie = try APIFixture.cookie(try await api.signIn("li"))
            let sampler = try #require(api.pages?.sampler)
            await sampler.sample()
            let response = try await api.open("/events/overview", headers: [.cookie: cookie])
            let collector = BodyCollector()
            async let end: Void = response.body.write(collector)
            for _ in 0..<3 { await sampler.sample() }
            #expect(await sampler.watcherCount == 1)
            await sampler.stop()
            try await end
            let told = String(decoding: collector.bytes, as: UTF8.self).split(separator: "event: overview")
            #expect(told.count == 4)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `an open page keeps no session alive, however often it asks`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            try await api.join(api.people(), "li", .operations)
            let cookie = try APIFixture.cookie(try await api.signIn("li"))
            let sampler = try #require(api.pages?.sampler)
            try await ends(api, "/events/overview", [.cookie: cookie]) {
                for _ in 1...2 {
                    api.wallClock.move(by: .minutes(29))
                    await sampler.sample()
                    // As the page's script does: it connects again, and fetches what is new.
                    let stream = try await api.open("/events/tasks", headers: [.cookie: cookie])
                    #expect(stream.status == .ok)
                    for path in ["/tasks/fragment", "/orders/A1/fragment"] {
                        let fragment = try await api.send(.get, path, headers: [.cookie: cookie])
                        #expect(fragment.status == 200)
                    }
                }
                api.wallClock.move(by: .minutes(3))
            }
            #expect(try await api.send(.get, "/", headers: [.cookie: cookie]).status == 401)
        }
    }
}
