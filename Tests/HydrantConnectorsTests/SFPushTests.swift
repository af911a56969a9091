import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Route pushes of the courier.
@Suite struct SFPushTests {
    private func receiver(_ options: [String: String] = [:]) throws -> SFPushReceiver {
        SFPushReceiver(settings: try SFSettings(Sample.courierSettings(options)))
    }

    private func push(_ body: String, token: String = "0123456789abcdef") -> Push {
        Push(query: [], headers: [:], body: Array(body.utf8), now: Sample.now, pathRest: token)
    }

    private static func row(
        _ id: String, _ time: String, _ code: String, parcel: String = "SO-1-1", remark: String = "r"
    ) -> String {
        """
        {"id":"\(id)","mailno":"SF1","orderid":"\(parcel)","acceptTime":"2026-11-22 \(time)","acceptAddress":"廊坊市",\
        "remark":"\(remark)","opCode":"\(code)","reasonCode":"","reasonName":""}
        """
    }

    private static func body(_ rows: String...) -> String {
        #"{"Body":{"WaybillRoute":[\#(rows.joined(separator: ","))]}}"#
    }

    @Test func `each row becomes a fact under its own number, in any order`() throws {
        let rows = [Self.row("9", "12:00:00", "80"), Self.row("7", "11:00:00", "50"), Self.row("8", "11:30:00", "777")]
        let content = try receiver().receive(push(Self.body(rows[0], rows[1], rows[2])))
        #expect(content.facts.map(\.messageID) == ["route/9", "route/7", "route/8"])
        #expect(content.facts.map(\.word) == ["80", "50", "777"])
        #expect(content.facts.map(\.order) == ["SO-1", "SO-1", "SO-1"])
        let statuses: [TrackingStatus] = [.signed, .pickedUp, .unmapped]
        for (fact, status) in zip(content.facts, statuses) {
            guard case .traceReported(let trace) = fact.body else {
                Issue.record("not a trace")
                continue
            }
            #expect(trace.scans.map(\.status) == [status])
            #expect(!trace.isComplete)
            #expect(trace.parcel == "SO-1-1")
            #expect(fact.occurredAt == trace.scans.first?.at)
        }
        #expect(content.acknowledgement.body.utf8Text == #"{"return_code":"0000","return_msg":"成功"}"#)
        #expect(content.unattributed.isEmpty)
    }

    @Test func `a repeated push gives the same message ids`() throws {
        let push = push(Self.body(Self.row("7", "11:00:00", "50")))
        #expect(try receiver().receive(push).facts.map(\.messageID) == receiver().receive(push).facts.map(\.messageID))
    }

    @Test func `a row without an id is known by number, time, code and place`() throws {
        let row = Self.row("", "11:00:00", "50")
        let facts = try receiver().receive(push(Self.body(row))).facts
        #expect(facts.map(\.messageID) == ["route/SF1/1795316400000/50/廊坊市"])
    }

    @Test func `a row that names none of our parcels is kept for parking, the others are taken in`() throws {
        let rows = [
            Self.row("1", "11:00:00", "50", parcel: ""), Self.row("2", "11:00:00", "50", parcel: "OTHER"),
            Self.row("3", "25:00:00", "50"), Self.row("4", "11:00:00", "50"),
        ]
        let content = try receiver().receive(push(Self.body(rows[0], rows[1], rows[2], rows[3])))
        #expect(content.facts.map(\.messageID) == ["route/4"])
        #expect(try content.unattributed.map { try JSON(bytes: $0)["id"]?.string } == ["1", "2", "3"])
    }

    @Test func `the parcel's number is the last part of its id`() throws {
        let content = try receiver().receive(push(Self.body(Self.row("1", "11:00:00", "50", parcel: "A-B-12"))))
        #expect(content.facts.map(\.order) == ["A-B"])
    }

    @Test(arguments: [
        ("80", "已签收，感谢使用顺丰", TrackingStatus.signed), ("80", "快件已投放至丰巢快递柜，请及时领取", .stored),
        ("8000", "在官网可查看签收人信息", .signed), ("30", "x", .inTransit), ("31", "x", .inTransit), ("36", "x", .inTransit),
        ("123", "x", .inTransit), ("130", "x", .inTransit), ("54", "x", .pickedUp), ("44", "x", .outForDelivery),
        ("99", "x", .returning), ("631", "x", .returning), ("648", "x", .returning), ("33", "x", .problem),
        ("70", "x", .problem), ("10086", "已签收", .unmapped),
    ])
    func `the code table`(code: String, remark: String, status: TrackingStatus) throws {
        let content = try receiver().receive(push(Self.body(Self.row("1", "11:00:00", code, remark: remark))))
        guard case .traceReported(let trace)? = content.facts.first?.body else {
            Issue.record("not a trace")
            return
        }
        #expect(trace.scans.map(\.status) == [status])
    }

    @Test(arguments: [
        ("已签收，签收人：张三，感谢", "已签收，签收人***，感谢"), ("派送员电话 13800000041", "派送员电话 ***"),
        ("联系 0755-26538888 派送", "联系 *** 派送"), ("第 3 次派送，编号 123456", "第 3 次派送，编号 123456"),
    ])
    func `remarks lose names and phones before they become events`(remark: String, kept: String) throws {
        let content = try receiver().receive(push(Self.body(Self.row("1", "11:00:00", "44", remark: remark))))
        guard case .traceReported(let trace)? = content.facts.first?.body else {
            Issue.record("not a trace")
            return
        }
        #expect(trace.scans.map(\.remark) == [kept])
    }

    private func problem(_ push: Push, _ options: [String: String] = [:]) -> PushProblem? {
        do {
            _ = try receiver(options).receive(push)
            return nil
        } catch {
            return error as? PushProblem
        }
    }

    @Test func `a wrong or missing token is refused`() throws {
        let body = Self.body(Self.row("1", "11:00:00", "50"))
        for token in ["", "0123456789abcdeX", "0123456789abcde"] {
            let problem = try #require(self.problem(push(body, token: token)))
            #expect(problem.kind == .signature)
            #expect(problem.acknowledgement.body.utf8Text == #"{"return_code":"1000","return_msg":"系统异常"}"#)
        }
    }

    @Test func `the token may stand in the query where the settings say so`() throws {
        var push = push(Self.body(Self.row("1", "11:00:00", "50")))
        #expect(problem(push, ["pushTokenPlace": "query"])?.kind == .signature)
        push.query = [("token", "0123456789abcdef")]
        push.pathRest = ""
        #expect(problem(push, ["pushTokenPlace": "query"]) == nil)
        #expect(problem(push)?.kind == .signature)
    }

    @Test(arguments: ["", "{}", "[]", #"{"Body":{"WaybillRoute":{}}}"#, "x"])
    func `what is no route push is malformed`(body: String) {
        #expect(problem(push(body))?.kind == .malformed)
    }
}
