package import HydrantConnectorKit
import HydrantCore
import ServiceLifecycle

/// A message of a partner to the hub, sent until it is answered with the partner's own words of success.
struct PartnerPush: Sendable {
    var partner: Partner
    var url: String
    var content: [UInt8]
    /// What a signature is made with, or the signature itself, where the partner has one for each subscription.
    var salt: String
    var attempts = 0
    var dueAt = Instant(milliseconds: 0)
    /// Signed wrongly on the first try.
    var isForged = false

    /// The first try and three more, as Kuaidi100 does; the others say nothing about it.
    static let maximumAttempts = 4
}

extension PartnerSandbox {
    /// Lets everything be pushed that is due by now.
    /// - Returns: the number of pushes that were sent.
    @discardableResult
    package func advance(through caller: any HTTPCaller) async -> Int {
        guard !hub.isEmpty else { return 0 }
        gatherScans()
        gatherReceipts()
        gatherCalls()
        let now = clock.now()
        let due = pushes.filter { $0.dueAt <= now && outage(of: $0.partner.rawValue) == nil }
        pushes.removeAll { $0.dueAt <= now && outage(of: $0.partner.rawValue) == nil }
        for push in due { await send(push, through: caller) }
        return due.count
    }

    /// Pushes that wait for their time.
    package var pushesWaiting: Int { pushes.count }

    private func gatherScans() {
        let now = clock.now()
        for partner in [Partner.cainiao, .kuaidi100, .kdniao] {
            for entry in waybills[partner]?.entries ?? [] {
                guard let subscription = entry.subscription else { continue }
                let count = scans(of: entry).count
                guard count > entry.pushed else { continue }
                waybills[partner]?.change(entry.id) { $0.pushed = count }
                let subject = "\(entry.id) \(count)"
                var push = push(of: partner, entry, to: subscription)
                push.isForged = lottery.hits(faults.wrongSignature, "forged", subject)
                push.dueAt = now
                if count == 1, lottery.hits(faults.reversedPush, "reversed", entry.id) {
                    push.dueAt = now + .hours(8)
                }
                pushes.append(push)
                if lottery.hits(faults.repeatedPush, "repeated", subject) { pushes.append(push) }
            }
        }
    }

    private func push(
        of partner: Partner, _ entry: WaybillBook.Entry, to subscription: WaybillBook.Subscription
    ) -> PartnerPush {
        switch partner {
        case .cainiao: cainiaoPush(entry, to: subscription)
        case .kuaidi100: kuaidi100Push(entry, to: subscription)
        default: kdniaoPush(entry, to: subscription)
        }
    }

    private func gatherReceipts() {
        let now = clock.now()
        for partner in [Partner.aliyun, .tencent] {
            guard let due = texts[partner]?.takeUnreported(sentBy: now - pace.receipt), !due.isEmpty else { continue }
            let token = partner == .aliyun ? secrets.aliyunReceiptToken : secrets.tencentReceiptToken
            let rows = due.map { partner == .aliyun ? aliyunReceipt($0) : tencentReceipt($0) }
            pushes.append(
                PartnerPush(
                    partner: partner, url: "\(hub)/push/\(partner.rawValue)/\(token)", content: JSON.array(rows).bytes,
                    salt: "", dueAt: now))
        }
    }

    private func send(_ push: PartnerPush, through caller: any HTTPCaller) async {
        let call = HTTPCall(
            url: push.url, headers: headers(of: push), body: body(of: push),
            timeout: .seconds(10))
        var isTaken = false
        do {
            let reply = try await caller.call(call)
            note(reply.body, of: push.partner)
            isTaken = reply.status == 200 && isSuccess(reply.body, from: push.partner)
        } catch {
            // No answer counts like a wrong one.
        }
        guard !isTaken, push.attempts + 1 < PartnerPush.maximumAttempts else { return }
        var again = push
        again.attempts += 1
        again.isForged = false
        again.dueAt = clock.now() + pace.retry
        pushes.append(again)
    }

    private func headers(of push: PartnerPush) -> [(name: String, value: String)] {
        let type = ("content-type", contentType(of: push.partner))
        return push.partner == .twilio ? [type, ("x-twilio-signature", push.salt)] : [type]
    }

    private func contentType(of partner: Partner) -> String {
        switch partner {
        case .aliyun, .tencent: "application/json;charset=UTF-8"
        default: "application/x-www-form-urlencoded;charset=UTF-8"
        }
    }

    private func body(of push: PartnerPush) -> [UInt8] {
        let text = String(decoding: push.content, as: UTF8.self)
        switch push.partner {
        case .cainiao:
            let signed = push.isForged ? push.content + [0x20] : push.content
            let digest = SignatureRecipe.trailingSecretMD5.sign(
                SignatureInput(secret: secrets.cainiaoSecret, body: signed))
            return Array(
                formEncoded([
                    ("msg_type", "CNTECH_LV_LOGISTICS_DETAIL_PUSH"), ("data_digest", digest),
                    ("logistics_interface", text),
                ]).utf8)
        case .kuaidi100:
            var input = SignatureInput(secret: "", body: push.content)
            input.fields["salt"] = Array((push.isForged ? "forged" : push.salt).utf8)
            return Array(formEncoded([("sign", SignatureRecipe.saltedMD5.sign(input)), ("param", text)]).utf8)
        case .kdniao:
            let signed = push.isForged ? push.content + [0x20] : push.content
            return Array(
                formEncoded([("RequestData", text), ("RequestType", "102"), ("DataSign", kdniaoSign(signed))]).utf8)
        default: return push.content
        }
    }

    /// Whether the answer is the one that stops this partner from sending again.
    private func isSuccess(_ body: [UInt8], from partner: Partner) -> Bool {
        if partner == .twilio { return body.starts(with: Array("<Response".utf8)) && body.count < 20 }
        guard let document = try? JSON(bytes: body) else { return false }
        return switch partner {
        case .kuaidi100: document["result"]?.bool == true && document["returnCode"]?.string == "200"
        case .kdniao: document["Success"]?.bool == true && document["EBusinessID"]?.string == secrets.kdniaoID
        case .aliyun: document["code"]?.integer == 0
        case .tencent: document["result"]?.integer == 0
        case .cainiao: document["success"]?.isTruthful == true
        case .asterisk, .twilio: false
        }
    }
}

/// Lets the partners push until it is told to stop.
struct PartnerDriver: Service {
    let sandbox: PartnerSandbox

    func run() async throws {
        let caller = EgressClient(allowedURLs: [sandbox.hub].filter { !$0.isEmpty })
        do {
            try await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    await sandbox.advance(through: caller)
                    try await sandbox.clock.sleep(until: sandbox.clock.now() + sandbox.pace.tick)
                }
            }
        } catch is CancellationError {
            // Stopping is how a driver ends.
        } catch {
            try await caller.shutdown()
            throw error
        }
        try await caller.shutdown()
    }
}
