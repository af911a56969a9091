import Foundation
import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// The pages around the packing desk: settings, templates, waves.
@Suite struct PackingPagesTests {
    @Test(arguments: ["/templates", "/templates/edit?name=bag", "/settings/desk"])
    func `what is set up for the desk stands below the settings`(path: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get(path)
            #expect(page.status == 200)
            #expect(page.text.contains("href=\"/settings\" aria-current=\"page\""))
            #expect(page.text.split(separator: "aria-current=\"page\"").count == 2)
        }
    }

    @Test func `what was said stands under the scan field at any width, and what is not scanned is not green`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get("/packing")
            let style = try await fixture.get(page.part(from: "/assets/packing.css?v=", to: "\"")).text
            let rules = style.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let wide = try #require(rules.first { $0.hasPrefix(".said, .net, .viewfinder {") })
            #expect(wide.contains("margin-left: auto; margin-right: auto"))
            // A tone with margins of its own would outweigh the wide one; an outline outside is cut off by the field.
            for rule in rules where rule.hasPrefix(".said[") && rule.contains("] {") {
                #expect(!rule.contains("margin") && !rule.contains("outline-offset: 2px"), "\(rule)")
            }
            #expect(rules.contains { $0.hasPrefix(".goods .good {") && $0.contains("color: var(--ink)") })
        }
    }

    @Test func `the desk's settings are saved with a trail, and what cannot be read is refused`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            func form(_ changes: [String: String]) -> [(name: String, value: String)] {
                let fields = [
                    ("printer.warehouse", "W1"), ("printer.address", "127.0.0.1:9101"), ("printer.language", "zpl"),
                    ("printer.dpi", "300"), ("cutoff.warehouse", ""), ("cutoff.courier", "sf"),
                    ("cutoff.times", "12:00 18:30"), ("platforms", "tmall same-token, corner shop any"),
                    ("parcels", "6"), ("kilograms", "20"), ("litres", "90"), ("address", "https://hub.example"),
                    ("template", ""), ("version", "1"),
                ]
                return fields.map { (name: $0.0, value: changes[$0.0] ?? $0.1) }
            }
            // Without an address codes are plain text, and the page says so.
            let unset = try await fixture.get("/settings/desk", cookie: "hydrant_lang=en").text
            #expect(unset.contains("plain text now") && unset.contains("https://hub.example."))
            #expect(try await fixture.post("/settings/desk", form(["version": ""])).status == 409)
            #expect(try await fixture.post("/settings/desk", form(["version": "0"])).status == 200)
            // Drawn before somebody else saved.
            let late = try await fixture.post(
                "/settings/desk", form(["version": "0", "parcels": "7"]), cookie: "hydrant_lang=en")
            #expect(late.status == 409 && late.text.contains("Somebody else") && late.text.contains("value=\"6\""))
            let settings = try await fixture.hub.desk.settings()
            #expect(settings.printer(of: "W1")?.dotsPerInch == 300 && settings.rules.parcels == 6)
            #expect(settings.cutOffs.map(\.minutes) == [[720, 1_110]])
            #expect(settings.rules.platforms == ["tmall": .sameToken, "corner shop": .any])
            for (field, value) in [
                ("printer.address", "a:b:c"), ("cutoff.times", "25:00"), ("platforms", "tmall sometimes"),
                ("parcels", "0"), ("address", "hub.example"), ("template", "no-such-template"),
            ] {
                #expect(try await fixture.post("/settings/desk", form([field: value])).status == 422, "\(field)")
            }
            // One mistake costs nothing else of what was typed.
            let typed = try await fixture.post(
                "/settings/desk",
                form(["printer.address": "a:b:c", "cutoff.times": "9:15", "platforms": "corner shop never"]))
            #expect(typed.status == 422)
            for part in ["\"a:b:c\"", "\"9:15\"", "\"corner shop never\"", "name=\"version\" value=\"1\""] {
                #expect(typed.text.contains(part), "\(part)")
            }
            #expect(try await fixture.hub.desk.settings() == settings)
            let page = try await fixture.get("/settings/desk", cookie: "hydrant_lang=en").text
            #expect(!page.contains("plain text now"))
            #expect(page.contains("127.0.0.1:9101") && page.contains("12:00 18:30") && !page.contains("⟦"))
        }
    }

    @Test func `a template is edited, kept in versions, drawn and exported`() async throws {
        let press = LabelPress(
            shipped: ["aggregated": "label: aggregated"],
            render: { bag, wish in [Array("\(wish.template) \(wish.format) \(bag.orders.map(\.number))".utf8)] },
            check: { $0.contains("wrong") ? ["line 1: wrong"] : [] })
        let fixture = try PagesFixture(press: press)
        try await fixture.holding(PackingTests.packed("ORD1")) {
            func save(_ name: String, _ text: String) async throws -> PageAnswer {
                let form = [(name: "form", value: ""), (name: "name", value: name), (name: "text", value: text)]
                return try await fixture.post("/templates/edit", form, cookie: "hydrant_lang=en")
            }
            let editor = try await fixture.get("/templates/edit?name=aggregated", cookie: "hydrant_lang=en").text
            #expect(editor.contains("label: aggregated") && editor.contains("{order.receiver.phone}"))
            let bad = try await save("aggregated", "wrong")
            #expect(bad.status == 422 && bad.text.contains("line 1: wrong"))
            #expect(try await save("Bad Name", "label: x").status == 422)
            #expect(try await save("aggregated", "label: first").text.contains("Saved as version 1"))
            #expect(try await save("aggregated", "label: second").text.contains("Saved as version 2"))
            #expect(try await save("aggregated-b", "label: b").text.contains("Saved as version 1"))
            #expect(try await fixture.get("/templates/export?name=aggregated").text == "label: second")
            #expect(try await fixture.get("/templates/export?name=aggregated&version=1").text == "label: first")
            #expect(try await fixture.get("/templates/export?name=aggregated&version=0").text == "label: aggregated")
            let list = try await fixture.get("/templates", cookie: "hydrant_lang=en").text
            #expect(list.contains("aggregated-b") && !list.contains("⟦"))
            for (text, count) in [("label: draft", 0), ("wrong", 1)] {
                let form = [(name: "form", value: ""), (name: "text", value: text)]
                let answer = try await fixture.post("/templates/draft", form)
                #expect(try JSON(bytes: Array(answer.text.utf8))["problems"]?.array?.count == count)
            }
            // What has mistakes is not drawn: the draft before it is.
            #expect(try await fixture.get("/templates/preview?order=ORD1").text == "label: draft png [\"ORD1\"]")
            #expect(try await fixture.get("/templates/preview").text.contains("SO2026-0001"))
            // A bag's label is the newest version.
            let code = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let print = PackingTests.act("print", bag: code, [("to", "browser")])
            let opens = try await PackingTests.send(fixture, [print]).opens
            #expect(try await fixture.get(opens).text == "label: second pdf [\"ORD1\"]")
        }
    }

    @Test func `what is to be picked is a wave, by article`() async throws {
        let fixture = try PagesFixture(demo: true)
        let facts =
            ["ORD1", "ORD2"].flatMap { PackingTests.locked($0) } + PackingTests.packed("ORD3")
            + PackingTests.packed("ORD4")
        try await fixture.holding(facts + PackingTests.packed("FAR1", warehouse: "W2")) {
            let waves = try await fixture.get("/waves", cookie: "hydrant_lang=en").text
            #expect(waves.contains("/waves/list"))
            let list = try await fixture.get("/waves/list?warehouse=&courier=", cookie: "hydrant_lang=en")
            #expect(list.status == 200 && list.text.contains("ORD1") && !list.text.contains("ORD3"))
            #expect(try list.part(from: "LF9001", to: "</tr>").contains(">4<"))
            #expect(try await fixture.get("/waves/list?warehouse=none").status == 303)
            let bags = try await fixture.get("/bags", cookie: "hydrant_lang=en")
            #expect(bags.text.contains("3 parcels fit into 2 bags; labels saved: 1."))
            let rows = try bags.part(from: "id=\"rehearsal\"", to: "</section>")
            #expect(rows.contains(">3<") && rows.contains(">6<") && rows.contains(">2.00<") && rows.contains(">1.67<"))
            // The work comes first, and what the demonstration measures lies folded below it.
            let work = try #require(bags.text.firstRange(of: "id=\"waiting\""))
            let measured = try #require(bags.text.firstRange(of: "id=\"rehearsal\""))
            #expect(work.lowerBound < measured.lowerBound)
            #expect(bags.text.contains("<details class=\"wordtable\"><summary><b id=\"rehearsal\">"))
            for text in [waves, list.text, bags.text] { #expect(!text.contains("⟦") && !text.contains("{{")) }
        }
    }
}

/// What a warehouse's own people see of other warehouses: nothing.
@Suite struct PackingAccessTests {
    @Test func `a bag and an order of another warehouse are not there`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            let person = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)
            for order in ["FOREIGN1", "OWN00001"] {
                let warehouse: JSON = .string(order == "FOREIGN1" ? "W1" : "W2")
                let facts = [
                    Facts.placed(order, id: order, extra: [("warehouse", warehouse)]),
                    [
                        "kind": "parcel.packed", "source": "wms", "id": .string("p-\(order)"), "order": .string(order),
                        "occurredAt": .string(APIFixture.begin.text),
                        "data": ["parcel": .string("\(order)-1"), "warehouse": warehouse],
                    ],
                    [
                        "kind": "tracking.reported", "source": "sf", "id": .string("t-\(order)"),
                        "order": .string(order), "occurredAt": .string(APIFixture.begin.text),
                        "data": ["parcel": .string("\(order)-1"), "courier": "sf", "number": .string("SF99\(order)")],
                    ],
                ]
                _ = try await api.hub.submit(
                    try facts.map { try api.hub.intake.read($0, receivedAt: APIFixture.begin) })
            }
            let bag = try #require(
                try await api.hub.desk.assign(ParcelKey(order: "FOREIGN1", parcel: "FOREIGN1-1"), id: "x", by: person))
            #expect(try await api.send(.get, "/b/\(bag.code)", headers: [.cookie: cookie]).status == 404)
            let list = try await api.send(.get, "/bags", headers: [.cookie: cookie])
            #expect(
                !list.text.contains(bag.code.text) && !list.text.contains("FOREIGN1") && list.text.contains("OWN00001"))
            for (text, tone) in [("FOREIGN1", "wrong"), ("OWN00001", "good"), (bag.code.text, "wrong")] {
                let events =
                    "%5B%7B%22id%22%3A%22event-\(text)%22%2C%22kind%22%3A%22scan%22%2C%22text%22%3A%22\(text)%22%7D%5D"
                let answer = try await api.submit("/packing/events", "events=\(events)", cookie: cookie)
                let json = try JSON(bytes: Array(answer.text.utf8))
                #expect(json["results"]?.array?.first?["tone"]?.string == tone, "\(text)")
            }
        }
    }
}
