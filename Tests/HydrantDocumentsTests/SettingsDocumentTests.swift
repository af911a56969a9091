import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

struct SettingsDocumentTests {
    private func shipped() throws -> Settings {
        let path = ProjectFiles.root + "/Templates/default.yaml"
        return try SettingsDocument.load(text: try String(contentsOfFile: path, encoding: .utf8), path: "default.yaml")
    }

    @Test func `the shipped flow asks the systems of the seven states`() throws {
        let settings = try shipped()
        #expect(settings.version == "default-3")
        #expect(settings.flow.steps.filter(\.isReported).count == 8)
        #expect(settings.flow.steps.map(\.dwellLimit) == [2, 2, 2, 2, 2, 72, 24, 2].map { .hours($0) })
        #expect(
            settings.flow.requests == [
                Flow.Request(afterState: 1, kind: .checkCredit, system: "crm"),
                Flow.Request(afterState: 2, kind: .createDelivery, system: "wms"),
                Flow.Request(afterState: 3, kind: .createWaybill, system: "sf"),
                Flow.Request(afterState: 5, kind: .issueInvoice, system: "finance"),
                Flow.Request(afterState: 5, kind: .notifyCustomer, system: "crm", touchpoint: .shipped),
                Flow.Request(afterState: 5, kind: .notifyCustomer, system: "crm", touchpoint: .outForDelivery),
                Flow.Request(afterState: 5, kind: .subscribeTrace, system: "sf"),
                Flow.Request(afterState: 5, kind: .queryTrace, system: "sf"),
                Flow.Request(afterState: 6, kind: .notifyCustomer, system: "crm", touchpoint: .signed),
                Flow.Request(afterState: 6, kind: .registerWarranty, system: "crm"),
                Flow.Request(afterState: 7, kind: .notifyCustomer, system: "crm", touchpoint: .warranty),
                Flow.Request(afterState: 0, kind: .cancelDelivery, system: "wms"),
            ])
    }

    @Test func `the shipped chains have two channels each and a keeper behind them`() throws {
        let dispatch = try shipped().dispatch
        #expect(dispatch.chains.allSatisfy { $0.channels.count == 2 && !$0.courier.isEmpty })
        #expect(Set(dispatch.chains.map(\.courier)) == ["zto", "sto", "yto", "yunda", "jd", "sf"])
        #expect(dispatch.chains.last?.warehouse == nil)
        #expect(dispatch.keeper == DispatchSettings.Keeper(system: "aliyun-sms"))
        #expect(dispatch.routes.asked == ["cainiao", "yto", "yunda"])
        #expect(dispatch.routes.every == .hours(4))
        #expect(dispatch.routes.silence == .hours(24))
        #expect(Set(dispatch.chains.map(\.courier)).isSubset(of: dispatch.couriers.keys))
    }

    @Test func `a mistake in who is asked for routes is reported with its place`() {
        let text = """
            settings: mine
            version: 1
            flow: {reported: all}
            dispatch:
              routes: {every: 1m, ask: [yto]}
            """
        #expect(problems(text).count == 3, "\(problems(text))")
    }

    @Test(arguments: ["never": nil, "12h": Milliseconds.hours(12)] as [String: Milliseconds?])
    func `how long a courier may be silent is a time, or never`(text: String, silence: Milliseconds?) throws {
        func document(_ silence: String) -> String {
            """
            settings: mine
            version: 1
            flow: {reported: all}
            dispatch:
              routes: {asked: [yto], silence: \(silence)}
            """
        }
        let settings = try SettingsDocument.load(text: document(text), path: "s.yaml")
        #expect(settings.dispatch.routes.silence == silence)
        for wrong in ["5m", "30d", "often"] {
            #expect(problems(document(wrong)).count == 1, "\(problems(document(wrong)))")
        }
    }

    @Test func `the shipped limits are those of the built-in settings`() throws {
        let settings = try shipped()
        let standard = Settings()
        #expect(settings.grace == standard.grace)
        #expect(settings.amountToleranceMinor == standard.amountToleranceMinor)
        #expect(settings.returnRateLimitPermille == standard.returnRateLimitPermille)
        #expect(settings.health == standard.health)
    }

    @Test func `the shipped words know the warehouse, the courier and the shop, and leave out what says nothing`()
        throws
    {
        let words = try shipped().words
        #expect(
            words.systems.mapValues(\.count) == [
                "wms": 19, "sf": 15, "zto": 28, "sto": 14, "yto": 11, "yunda": 14,
                "jd": 19, "cainiao": 20, "kuaidi100": 29, "kdniao": 13, "shop": 12,
            ])
        #expect(words.range(of: "ACCEPT", from: "wms") == WordTable.Range(lowest: 3, highest: 3))
        #expect(words.range(of: "PACKAGE", from: "wms") == WordTable.Range(lowest: 4, highest: 5))
        #expect(words.range(of: "DELIVERED", from: "wms") == WordTable.Range(lowest: 5, highest: 7))
        #expect(words.range(of: "44", from: "sf") == WordTable.Range(lowest: 5, highest: 5))
        #expect(words.range(of: "PAID_FORBID_CONSIGN", from: "shop") == WordTable.Range(lowest: 1, highest: 1))
        #expect(words.range(of: "OTHER", from: "wms") == nil)
        #expect(words.range(of: "FULFILLED", from: "wms") == nil)
    }

    @Test func `the shipped settings price from every warehouse and tell three systems`() throws {
        let settings = try shipped()
        #expect(settings.told.map(\.role) == ToldSystem.Role.allCases)
        #expect(settings.told.map(\.system) == ["crm", "finance", "marketplace"])
        #expect(Set(settings.freight.cards.map(\.courier)) == Set(settings.dispatch.chains.map(\.courier)))
        #expect(settings.freight.origins.count == 17)
        #expect(settings.freight.grams == 1_000)
        #expect(settings.freight.toleranceMinor == 500)
        for origin in settings.freight.origins.values {
            for card in settings.freight.cards {
                let far = try #require(DeliveryArea(code: "650102"))
                var parcel = FreightParcel(origin: origin, destination: far, grams: 1_000)
                parcel.courier = card.courier
                #expect(try settings.freight.cards.quote(parcel).totalMinor > 0)
            }
        }
    }

    @Test func `every mistake of freight and playbooks is reported with its place`() {
        let text = """
            settings: mine
            version: 2
            flow: {}
            freight:
              weight: much
              origins: {A: 火星市}
              cards: []
            playbooks:
              tell: {crm: crm, markt: shop}
            """
        let found = problems(text)
        let expected = [
            "s.yaml:5:11: freight.weight: must be a weight like 500g or 1.5kg, is “much”",
            "s.yaml:6:16: freight.origins.A: “火星市” is no division",
            "s.yaml:7:10: freight.cards: needs at least one rate card",
            "s.yaml:9:20: playbooks.tell: unknown key “markt”",
        ]
        #expect(found.count == expected.count, "\(found)")
        for (line, begin) in zip(found, expected) { #expect(line.hasPrefix(begin), "\(line)") }
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try SettingsDocument.load(text: text, path: "s.yaml")
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test func `every mistake of a settings document is reported with its place`() {
        let text = """
            settings: mine
            version: 2
            flow:
              reported: some
              dwell: {sined: 24h, packed: long}
              requests:
                - {after: paid, ask: credit.chek, of: crm}
                - {after: paid, ask: customer.notify, of: crm}
                - {after: paid, ask: delivery.cancel, of: wms}
                - {after: paid, ask: invoice.issue}
            riskLimit: 0.4
            tolerance: -1
            health: {window: 24, alertLines: {dwel: 1%}, weights: {dwell: 1.5}}
            """
        let found = problems(text)
        let expected = [
            "s.yaml:4:13: flow.reported: must be “all” or a list",
            "s.yaml:5:11: flow.dwell.sined: unknown state “sined”. Did you mean “signed”?",
            "s.yaml:5:31: flow.dwell.packed: must be a length of time like 90s, 5m, 2h or 3d, is “long”",
            "s.yaml:7:26: flow.requests[0].ask: unknown word “credit.chek”. Did you mean “credit.check”?",
            "s.yaml:8:7: flow.requests[1]: a message (shipped, signed, warranty, out-for-delivery) goes with",
            "s.yaml:9:15: flow.requests[2].after: delivery.cancel is asked for after: cancellation",
            "s.yaml:10:7: flow.requests[3]: the key “of” is missing",
            "s.yaml:11:12: riskLimit: must be a percentage like 98.5%, is “0.4”",
            "s.yaml:12:12: tolerance: must be an amount like 0.05, is “-1”",
            "s.yaml:13:18: health.window: must be a length of time",
            "s.yaml:13:35: health.alertLines.dwel: unknown figure “dwel”. Did you mean “dwell”?",
            "s.yaml:13:63: health.weights.dwell: must be a whole number from 0 to 100, is “1.5”",
        ]
        #expect(found.count == expected.count, "\(found)")
        for (line, begin) in zip(found, expected) { #expect(line.hasPrefix(begin)) }
    }

    @Test func `a settings document needs a name, a version and a flow`() {
        #expect(
            problems("grace: 5m\n") == [
                "s.yaml:1:1: document: the key “flow” is missing",
                "s.yaml:1:1: document: the key “settings” is missing",
                "s.yaml:1:1: document: the key “version” is missing",
            ])
    }

    @Test func `the shipped chains and forms of numbers are read`() throws {
        let dispatch = try shipped().dispatch
        #expect(dispatch.chains.allSatisfy { $0.channels.count <= 2 && $0.channels.first == $0.courier })
        #expect(Set(dispatch.chains.map(\.courier)) == ["sf", "zto", "sto", "yto", "yunda", "jd"])
        #expect(dispatch.keeper?.system == "aliyun-sms")
        let standard = DispatchSettings()
        #expect(dispatch.channelTime == standard.channelTime && dispatch.pollEvery == standard.pollEvery)
        #expect(dispatch.pollFor == standard.pollFor)
        #expect(dispatch.couriers.count == 7 && dispatch.couriers["ems"]?.checkDigit == .s10)
        #expect(TypedNumber.couriers(of: "SF1234567890123", dispatch) == ["sf"])
    }

    @Test func `every mistake of a dispatch section is reported with its place`() {
        let text = """
            settings: mine
            version: 2
            flow:
              requests:
                - {after: packed, ask: waybill.void, of: sf}
            dispatch:
              chains:
                - {warehouse: A, channels: [x, x]}
                - {channels: []}
                - {warehouse: A, channels: y}
                - {channels: y}
                - {warehouse: B, channels: z}
              channelTime: 1s
              keeper: {answerWithin: 4h}
              couriers: {c: {numbers: ["#{"], check: s11}}
            """
        let expected = [
            "s.yaml:5:28: flow.requests[0].ask: waybill.void is asked for by the hub itself",
            "s.yaml:8:7: dispatch.chains[0]: names a channel twice",
            "s.yaml:9:7: dispatch.chains[1]: needs at least one channel",
            "s.yaml:10:7: dispatch.chains[2]: is never used: another chain is for the warehouse A",
            "s.yaml:12:7: dispatch.chains[4]: is never used: a chain before it names no warehouse",
            "s.yaml:13:16: dispatch.channelTime: must be from 1 min to 1 d 0 h",
            "s.yaml:14:11: dispatch.keeper: the key “of” is missing",
            "s.yaml:15:28: dispatch.couriers.c.numbers[0]: must be a form like",
            "s.yaml:15:42: dispatch.couriers.c.check: unknown word “s11”. Did you mean “s10”?",
        ]
        let found = problems(text)
        #expect(found.count == expected.count, "\(found)")
        for (line, begin) in zip(found, expected) { #expect(line.hasPrefix(begin), "\(line)") }
    }

    @Test func `two chains of a warehouse for one courier are one too many, whatever its letters`() {
        let text = """
            settings: mine
            version: 2
            dispatch:
              chains:
                - {warehouse: A, courier: zto, channels: x}
                - {warehouse: A, courier: ZTO, channels: y}
            """
        let found = problems(text)
        let words = "is never used: another chain is for the warehouse A and the courier ZTO"
        #expect(found.filter { $0.contains(words) }.count == 1, "\(found)")
    }
}
