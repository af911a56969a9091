package import HydrantConnectorKit
import HydrantCore

/// Somebody of the office: signs in to the console with an own account, looks at the queue of the own role, takes a
/// task, opens its order, does the work, and sends the form, over HTTP and with no more rights than the account has.
package actor OfficeWorker {
    package struct Account: Sendable {
        package var name: String
        package var role: String
        /// The code of the link by which the password is chosen.
        package var code: String
        package var password: String

        package init(name: String, role: String, code: String, password: String) {
            self.name = name
            self.role = role
            self.code = code
            self.password = password
        }
    }

    /// How often somebody tries the same task before it is left to others.
    private static let triesMaximum = 3

    private let account: Account
    /// Which of the colleagues of a role this is, and how many there are: they share the queue.
    private let seat: (number: Int, of: Int)
    private let world: SandboxWorld
    private let caller: any HTTPCaller
    private let clock: any HubClock
    private let habits: OfficeHabits
    private var cookie = ""
    private var tries: [String: Int] = [:]

    package init(
        _ account: Account, seat: (number: Int, of: Int), world: SandboxWorld, caller: any HTTPCaller, seed: UInt64
    ) {
        self.account = account
        self.seat = seat
        self.world = world
        self.caller = caller
        clock = world.clock
        habits = OfficeHabits(seed: seed)
    }

    package func run() async throws {
        while !Task.isCancelled {
            if cookie.isEmpty, !(await enter()) {
                try await clock.sleep(until: clock.now() + .minutes(5))
                continue
            }
            guard let task = await next() else {
                try await clock.sleep(until: clock.now() + .minutes(6))
                continue
            }
            try await work(task)
        }
    }

    // MARK: - The queue

    private func next() async -> OfficeTask? {
        guard let reply = await get("/v1/tasks?owner=\(account.role)&limit=100"),
            let rows = (try? JSON(bytes: reply))?["tasks"]?.array
        else { return nil }
        let now = clock.now()
        return rows.compactMap(OfficeTask.init).first { task in
            let isMine = task.person == account.name || task.person.isEmpty && isForMe(task)
            return isMine && tries[task.name, default: 0] < Self.triesMaximum && !habits.isLeftOpen(task)
                && habits.seenAt(task) <= now
        }
    }

    private func isForMe(_ task: OfficeTask) -> Bool {
        habits.lottery.number("seat", task.name) % UInt64(seat.of) == UInt64(seat.number)
    }

    private func work(_ task: OfficeTask) async throws {
        let begin = clock.now()
        let before = tries[task.name, default: 0]
        tries[task.name] = before + 1
        if task.isClosedByRefund { return await payBack(task) }
        guard let page = await get("/orders/\(task.order)").map({ String(decoding: $0, as: UTF8.self) }),
            let form = TaskForm(task: task.name, page: page)
        else { return }
        _ = await post(form, task, [(name: "act", value: "take")])
        let minutes = habits.minutes(task)
        try await clock.sleep(until: begin + .minutes(minutes))
        switch habits.decision(task, form, tries: before) {
        case .putOff(let hours, let reason):
            _ = await post(
                form, task,
                [
                    (name: "act", value: "snooze"), (name: "hours", value: String(hours)),
                    (name: "reason", value: reason),
                ])
        case .resolve(var answers):
            guard await prepare(task, &answers) else { return }
            let fields = answers.sorted { $0.key < $1.key }.map { (name: "a.\($0.key)", value: $0.value) }
            _ = await post(
                form, task, fields + [(name: "minutes", value: String(minutes)), (name: "act", value: "resolve")])
        }
    }

    /// Who pays back does so in the finance system, which reports it; the hub asks for no form.
    private func payBack(_ task: OfficeTask) async {
        guard let page = await get("/v1/orders/\(task.order)"), let order = try? JSON(bytes: page),
            let money = order["money"], let paid = money["paidMinor"]?.integer
        else { return }
        // What named lines are worth is said by the order; without any, and of a cancelled order, the customer gets
        // everything back.
        let isCancelled = order["completion"]?.string == "cancelled"
        let returned = (order["returns"]?.array ?? []).filter { $0["exchange"]?.bool == false && !isCancelled }
            .reduce(0) { $0 + ($1["refundMinor"]?.integer ?? 0) }
        let gone = money["refundedMinor"]?.integer ?? 0
        await world.payBack(task.order, amountMinor: (returned > 0 ? returned : paid) - gone)
    }

    /// What is done in other systems or at the shelf before the form is sent.
    ///
    /// - Returns: false where it cannot be done now.
    private func prepare(_ task: OfficeTask, _ answers: inout [String: String]) async -> Bool {
        if task.kind == "order.wrong" {
            if task.reason.hasPrefix("已支付") { return await world.restock(task.order) }
            if answers["action"] == "reversed" { await world.reverseRevenue(task.order) }
        }
        guard task.kind == "number.missing" else { return true }
        guard let parcel = task.reason.piece(after: "包裹 ", before: " 已打包"),
            let label = await world.labelToType(parcel)
        else { return false }
        answers["number"] = label.number
        if answers["courier"] != nil { answers["courier"] = label.courier }
        return true
    }

    // MARK: - The console

    /// Chooses the password through the link the first time, and signs in with it after that.
    private func enter() async -> Bool {
        let choosing = [
            (name: "code", value: account.code), (name: "name", value: account.name),
            (name: "password", value: account.password),
        ]
        if await signIn("/welcome", choosing) { return true }
        return await signIn("/sign-in", Array(choosing.dropFirst()))
    }

    private func signIn(_ path: String, _ form: [(name: String, value: String)]) async -> Bool {
        guard let reply = await send(path, form), reply.status == 303,
            let set = reply.headers["set-cookie"]?.split(separator: ";").first
        else { return false }
        cookie = String(set)
        return true
    }

    private func get(_ path: String) async -> [UInt8]? {
        let call = HTTPCall(method: "GET", url: world.hubURL + path, headers: headers, timeout: .seconds(10))
        guard let reply = try? await caller.call(call) else { return nil }
        if reply.status == 401 { cookie = "" }
        return reply.status == 200 ? reply.body : nil
    }

    private func post(_ form: TaskForm, _ task: OfficeTask, _ fields: [(name: String, value: String)]) async -> Bool {
        let own = [(name: "form", value: form.token), (name: "task", value: task.name)]
        return await send("/tasks/one", own + fields)?.status == 303
    }

    private func send(_ path: String, _ form: [(name: String, value: String)]) async -> HTTPReply? {
        let call = HTTPCall(
            url: world.hubURL + path,
            headers: headers + [(name: "content-type", value: "application/x-www-form-urlencoded")],
            body: Array(formEncoded(form).utf8), timeout: .seconds(10))
        return try? await caller.call(call)
    }

    private var headers: [(name: String, value: String)] {
        let language = (name: "accept-language", value: "zh-CN")
        return cookie.isEmpty ? [language] : [language, (name: "cookie", value: cookie)]
    }
}
