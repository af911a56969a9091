import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Track documents of all couriers in the one vocabulary.
@Suite struct TrackTableTests {
    private func parcels(_ system: String, _ text: String) throws -> [TrackTable.Parcel] {
        try #require(TrackTable.parcels(system: system, Array(text.utf8)))
    }

    @Test func `the same words mean something else in a query and in a push`() throws {
        let reply = #"{"status":true,"result":[{"billCode":"B","scanType":"ARRIVAL","scanDate":1795500000000}]}"#
        let push = #"{"billCode":"B","action":"ARRIVAL","actionTime":"2026-11-24 14:00:00"}"#
        #expect(try parcels("zto", reply)[0].status == .stored)
        #expect(try parcels("zto", push)[0].status == .inTransit)
        #expect(try parcels("zto", reply)[0].isComplete)
        #expect(try !parcels("zto", push)[0].isComplete)
        let form = formEncoded([("data", push), ("data_digest", "x")])
        #expect(try parcels("zto", form)[0].number == "B")
    }

    @Test func `events are ordered by their time, repeated ones are one`() throws {
        let rows = [("签收", 3), ("收件", 1), ("派件", 2), ("收件", 1)].map { word, hour in
            #"{"scanType":"\#(word)","scanDate":\#(1_795_500_000_000 + hour * 3_600_000)}"#
        }
        let parcel = try parcels("zto", #"{"status":true,"result":[\#(rows.joined(separator: ","))]}"#)[0]
        #expect(parcel.scans.map(\.code) == ["收件", "派件", "签收"])
        #expect(parcel.status == .signed)
    }

    @Test func `a signature after a return began is the sender's, and what is unknown is not where the parcel is`()
        throws
    {
        let text = """
            {"Body":{"WaybillRoute":[{"mailno":"SF1","orderid":"A-1","acceptTime":"2026-11-22 10:00:00","opCode":"50"},\
            {"mailno":"SF1","orderid":"A-1","acceptTime":"2026-11-23 10:00:00","opCode":"99"},\
            {"mailno":"SF1","orderid":"A-1","acceptTime":"2026-11-24 10:00:00","opCode":"80"},\
            {"mailno":"SF1","orderid":"A-1","acceptTime":"2026-11-24 11:00:00","opCode":"12345"},\
            {"mailno":"SF2","orderid":"A-2","acceptTime":"2026-11-24 10:00:00","opCode":"777"}]}}
            """
        let found = try parcels("sf", text)
        #expect(found.map(\.number) == ["SF1", "SF2"])
        #expect(found[0].scans.map(\.status) == [.pickedUp, .returning, .returned, .unmapped])
        #expect(found[0].status == .returned)
        #expect(found[1].status == .unmapped)
    }

    @Test func `both envelopes of a route reply`() throws {
        let inner = """
            {"success":true,"errorCode":"S0000","msgData":{"routeResps":[{"mailNo":"SF1","routes":[\
            {"acceptTime":"2026-11-22 10:00:00","opCode":"80","remark":"已投放至丰巢快递柜，请及时领取"}]}]}}
            """
        let asObject = #"{"apiResultCode":"A1000","apiResultData":\#(inner)}"#
        let asText = JSON.object([
            JSON.Member("apiResultCode", "A1000"), JSON.Member("apiResultData", .string(inner)),
        ]).text
        for text in [asObject, asText, inner] { #expect(try parcels("sf", text)[0].status == .stored) }
    }

    @Test(arguments: [
        ("sf", "{}"), ("sf", #"{"apiResultCode":"A1006"}"#), ("zto", "{}"),
        ("zto", #"{"status":false,"statusCode":"S211"}"#),
        ("jd", "{}"), ("yto", #"{"success":"false","code":"1"}"#), ("sto", "{}"), ("yunda", "{}"), ("sf", "nonsense"),
        ("pigeon", "{}"),
    ])
    func `what is no track document is none`(system: String, text: String) {
        #expect(TrackTable.parcels(system: system, Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("2026-11-22 12:00:00", true), ("2026-11-22 12:00:001", true), ("2026/11/22 12:00:00", true),
        ("2026-11-22T12:00:00", true), ("2026-11-22 12:00", true), ("2026-11-22T04:00:00Z", true),
        ("1795320000000", true), ("1795320000", true), ("2026-11-22T12:00:00.000+0800", true), ("yesterday", false),
        ("2026-13-45 12:00:00", false), ("12", false),
    ])
    func `malformed times are read leniently`(text: String, isTime: Bool) {
        #expect(ChinaTime.lenientInstant(text) == (isTime ? Sample.now : nil))
    }
}

/// Documents of the aggregators.
@Suite struct AggregatedTrackTests {
    @Test(arguments: [
        (
            "cainiao",
            #"{"success":"true","mailNo":"N1","fullTraceDetail":[{"time":"2026-11-22 10:00:00","status":"07"}]}"#
        ),
        (
            "kuaidi100",
            #"{"status":"200","nu":"N1","state":"3","data":[{"time":"2026-11-22 10:00:00","statusCode":"3"}]}"#
        ),
        (
            "kuaidi100",
            """
            {"status":"shutdown","lastResult":{"nu":"N1","state":"3",\
            "data":[{"time":"2026-11-22 10:00:00","statusCode":"3"}]}}
            """
        ),
        (
            "kdniao",
            """
            {"Data":[{"LogisticCode":"N1","OrderCode":"A-1","State":"3",\
            "Traces":[{"AcceptTime":"2026-11-22 10:00:000","Action":"3"}]}]}
            """
        ),
    ])
    func `replies and pushes are read into the one vocabulary`(system: String, text: String) throws {
        let parcels = try #require(TrackTable.parcels(system: system, Array(text.utf8)))
        #expect(parcels.map(\.number) == ["N1"])
        #expect(parcels[0].scans.map(\.status) == [.signed])
        #expect(parcels[0].status == .signed)
        let form = formEncoded([("param", text), ("RequestData", text)])
        #expect(TrackTable.parcels(system: system, Array(form.utf8))?.count == 1)
    }

    @Test(arguments: ["cainiao", "kuaidi100", "kdniao"])
    func `what is no track document is none`(system: String) {
        for text in ["{}", "[]", "x", #"{"success":false}"#] {
            #expect(TrackTable.parcels(system: system, Array(text.utf8)) == nil)
        }
    }
}
