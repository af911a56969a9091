import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// The telephone connectors against the played systems, over real sockets.
@Suite struct TelephoneTests {
    private static let number = "18412345678"

    /// A call as the hub runs it: asked for, begun, asked about, until it has ended.
    private final class Desk {
        let scene: PartnerScene
        let system: String
        var facts: [FactBody] = [.callAsked(CallWish(id: "c1", system: "x", person: "li"))]
        var stages: [CallReport.Stage] = []
        var last: CallReport?

        init(_ scene: PartnerScene, _ system: String) {
            self.scene = scene
            self.system = system
        }

        func request(agent: String = "801", digits: String = "1234") -> InstructionRequest {
            let order = Sample.order(facts: facts)
            var request = Sample.request(.placeCall, target: "c1", order: order, now: scene.clock.now())
            guard let number = DialledNumber(digits.isEmpty ? number : "\(number)-\(digits)") else { return request }
            request.call = CallQuestion(
                id: "c1", agent: Sensitive(agent), customer: Sensitive(number), askedAt: Sample.now)
            return request
        }

        /// - Returns: whether the instruction has ended.
        func take(_ result: InstructionResult) -> Bool {
            let reported: [ReportedFact]
            var isOver = false
            switch result {
            case .underWay(let facts, _): reported = facts
            case .done(let facts, _): (reported, isOver) = (facts, true)
            default:
                Issue.record("\(result)")
                return true
            }
            for fact in reported {
                guard case .callReported(let report) = fact.body else { continue }
                stages.append(report.stage)
                last = report
                facts.append(fact.body)
            }
            return isOver
        }

        func run(_ connector: any Connector, agent: String = "801", step: Milliseconds = .seconds(3)) async {
            for _ in 0..<3_000 {
                if take(await connector.perform(request(agent: agent))) { return }
                scene.clock.advance(by: step)
            }
            Issue.record("the call never ended")
        }

        private let number = TelephoneTests.number
    }

    private static func faults(_ change: (inout PartnerFaults) -> Void = { _ in }) -> PartnerFaults {
        var faults = PartnerFaults()
        change(&faults)
        return faults
    }

    @Test(arguments: ["asterisk-ari", "twilio"])
    func `a call rings the agent, then the customer with the extension, and its end, length and recording are known`(
        system: String
    ) async throws {
        let scene = try await PartnerScene()
        try await scene.serve([system: ["record": "true"]]) { connectors in
            let connector = try #require(connectors[system])
            let desk = Desk(scene, system)
            await desk.run(connector, agent: system == "twilio" ? "13911112222" : "801")
            #expect(desk.stages == [.agentRinging, .ringing, .answered, .ended])
            #expect(desk.last?.ending == .answered && (20...60).contains(desk.last?.seconds ?? 0))
            #expect(desk.last?.recording.isEmpty == false && desk.last?.reference.isEmpty == false)
            let partner = try #require(Partner(rawValue: system))
            let calls = await scene.sandbox.calls(by: partner)
            #expect(calls.count == 1 && calls[0].isOver && calls[0].digits == "1234")
            #expect(calls[0].customer.hasSuffix(Self.number))
            #expect(calls[0].agent == (system == "twilio" ? "+8613911112222" : "801"))
        }
    }

    @Test(arguments: ["asterisk-ari", "twilio"])
    func `each way a call can fail has its word`(system: String) async throws {
        let cases: [(PartnerFaults, CallReport.Ending)] = [
            (Self.faults { $0.busy = 1_000 }, .busy), (Self.faults { $0.noAnswer = 1_000 }, .noAnswer),
            (Self.faults { $0.agentAbsent = 1_000 }, .cancelled), (Self.faults { $0.hangingCall = 1_000 }, .overdue),
        ]
        for (faults, ending) in cases {
            let scene = try await PartnerScene(faults)
            try await scene.serve { connectors in
                let connector = try #require(connectors[system])
                let desk = Desk(scene, system)
                await desk.run(connector, agent: "13911112222", step: ending == .overdue ? .minutes(1) : .seconds(2))
                #expect(desk.last?.ending == ending, "\(system) \(ending)")
                let partner = try #require(Partner(rawValue: system))
                #expect(await scene.sandbox.calls(by: partner).allSatisfy(\.isOver))
            }
        }
    }

    @Test(arguments: ["asterisk-ari", "twilio"])
    func `after an answer that never came the call is found and not placed twice`(system: String) async throws {
        let scene = try await PartnerScene(Self.faults { $0.brokenAfter = 1_000 })
        try await scene.serve { connectors in
            let connector = try #require(connectors[system])
            let desk = Desk(scene, system)
            let request = desk.request(agent: "13911112222")
            guard case .ambiguous = await connector.perform(request) else {
                Issue.record("a broken answer is no answer")
                return
            }
            #expect(!desk.take(await connector.find(request)))
            #expect(desk.stages == [.agentRinging])
            let partner = try #require(Partner(rawValue: system))
            #expect(await scene.sandbox.calls(by: partner).count == 1)
        }
    }

    @Test(arguments: ["asterisk-ari", "twilio"])
    func `a call that could not be placed within a minute is not placed at all`(system: String) async throws {
        let scene = try await PartnerScene()
        scene.clock.advance(by: .minutes(2))
        try await scene.serve { connectors in
            let connector = try #require(connectors[system])
            let result = await connector.perform(Desk(scene, system).request())
            #expect(End(result) == .refused("it could not be placed within a minute; ask for it again"))
            let partner = try #require(Partner(rawValue: system))
            #expect(await scene.sandbox.calls(by: partner).isEmpty)
        }
    }

    @Test func `callbacks are believed by their signature alone`() async throws {
        let scene = try await PartnerScene()
        try await scene.serve(["twilio": ["hubUrl": scene.sandbox.hub]]) { connectors in
            let connector = try #require(connectors["twilio"])
            let desk = Desk(scene, "twilio")
            _ = desk.take(await connector.perform(desk.request(agent: "13911112222")))
            await scene.pass(.minutes(3), step: .seconds(5))
            let stages = scene.hub.facts.compactMap { fact -> CallReport.Stage? in
                if case .callReported(let report) = fact.body { report.stage } else { nil }
            }
            #expect(stages == [.ringing, .answered, .ended])
            #expect(scene.hub.facts.allSatisfy { $0.order == "SO-1" })
            #expect(scene.hub.facts.allSatisfy { $0.messageID.contains("b/") })
        }
        let forged = try await PartnerScene(Self.faults { $0.wrongSignature = 1_000 })
        try await forged.serve(["twilio": ["hubUrl": forged.sandbox.hub]]) { connectors in
            let connector = try #require(connectors["twilio"])
            let desk = Desk(forged, "twilio")
            _ = desk.take(await connector.perform(desk.request(agent: "13911112222")))
            await forged.pass(.minutes(3), step: .seconds(5))
            #expect(forged.hub.facts.isEmpty)
        }
    }

    @Test func `a callback with words, names or numbers that are not the system's is refused`() throws {
        let settings = ConnectorSettings(
            system: "twilio", kind: "twilio", baseURL: "https://api.example.com",
            credentials: ["accountSid": "AC1", "authToken": "token"],
            options: ["callerId": "+865710000000", "hubUrl": "https://hub.example"])
        let receiver = TwilioPushReceiver(settings: try TwilioSettings(settings))
        let leg = "CA" + String(repeating: "0f", count: 16)
        func received(_ changes: [(name: String, value: String)]) throws(PushProblem) -> [FactBody] {
            let names = Set(changes.map(\.name))
            let usual: [(name: String, value: String)] = [
                ("CallSid", leg), ("ParentCallSid", leg), ("CallStatus", "busy"), ("SequenceNumber", "1"),
            ]
            let form = usual.filter { !names.contains($0.name) } + changes
            let place = hexadecimalText(Array("c1/SO-1".utf8))
            var input = SignatureInput(secret: "token")
            input.fields["url"] = Array("https://hub.example/push/twilio/\(place)".utf8)
            input.pairs["pairs"] = form
            let push = Push(
                query: [], headers: ["x-twilio-signature": SignatureRecipe.keyedSHA1OfURLAndPairs.sign(input)],
                body: Array(formEncoded(form).utf8), now: Sample.now, pathRest: place)
            return try receiver.receive(push).facts.map(\.body)
        }
        func reference(_ bodies: [FactBody]) -> String? {
            if case .callReported(let report)? = bodies.first { report.reference } else { nil }
        }
        #expect(try reference(received([])) == leg)
        #expect(try reference(received([("ParentCallSid", "../Accounts/x")])) == "")
        for change in [("CallStatus", "dancing"), ("CallStatusbus", "y"), ("RecordingSid", "RE/../x")] {
            var form = [(name: change.0, value: change.1)]
            if change.0 == "RecordingSid" { form.append((name: "RecordingStatus", value: "completed")) }
            #expect(throws: PushProblem.self, "\(change)") { try received(form) }
        }
    }

    @Test func `no number stands in any address that is called`() async throws {
        let asterisk = ScriptedCaller(
            reply(#"{"id":"c1","state":"Ringing"}"#), reply(#"{"id":"c1","state":"Up"}"#), reply(#"{"value":""}"#))
        let scene = try await PartnerScene()
        let settings = await scene.sandbox.connectorSettings.filter { $0.kind == "asterisk-ari" }
        let systems = try ConnectorCatalogue.systems(settings, caller: asterisk)
        let connector = try #require(systems.connectors["asterisk-ari"])
        let desk = Desk(scene, "asterisk-ari")
        _ = desk.take(await connector.perform(desk.request()))
        _ = desk.take(await connector.perform(desk.request()))
        #expect(asterisk.calls.count == 3)
        #expect(asterisk.calls.allSatisfy { !$0.url.contains(Self.number) && !$0.url.contains("801") })
        #expect(asterisk.calls[0].body.utf8Text.contains("\"HYDRANT_NUMBER\":\"\(Self.number)\""))
        #expect(asterisk.calls[0].body.utf8Text.contains("\"HYDRANT_DIGITS\":\"1234\""))
    }

    @Test func `settings that cannot work are refused with their field`() {
        func problem(_ kind: String, _ change: (inout ConnectorSettings) -> Void) -> String? {
            var settings = ConnectorSettings(
                system: "pbx", kind: kind, baseURL: "https://pbx.example.com/ari",
                credentials: ["username": "u", "password": "p", "accountSid": "AC1", "authToken": "t"],
                options: ["callerId": "+865710000000"])
            change(&settings)
            do throws(ConnectorSettingsProblem) {
                _ = try ConnectorCatalogue.systems([settings], caller: ScriptedCaller())
                return nil
            } catch {
                return error.field
            }
        }
        #expect(problem("asterisk-ari") { _ in } == nil && problem("twilio") { _ in } == nil)
        #expect(problem("asterisk-ari") { $0.options["agentEndpoint"] = "PJSIP/1" } == "options.agentEndpoint")
        #expect(problem("asterisk-ari") { $0.options["longestMinutes"] = "120" } == "options.longestMinutes")
        #expect(problem("asterisk-ari") { $0.credentials["password"] = nil } == "credentials.password")
        #expect(problem("twilio") { $0.options["callerId"] = nil } == "options.callerId")
        #expect(problem("twilio") { $0.options["hubUrl"] = "http://hub.example" } == "options.hubUrl")
    }
}
