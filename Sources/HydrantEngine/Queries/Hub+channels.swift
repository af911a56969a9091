package import HydrantCore
package import HydrantStorage

extension Hub {
    /// Every outside system and every operation of it, as they are now.
    package func channels() async throws -> [ChannelView] {
        let waiting = try await store.read { try $0.laneCounts() }
        let left = await numbers.left
        return await dispatcher.channelViews(waiting).map { view in
            var view = view
            view.numbers = left[view.system]
            return view
        }
    }

    /// What waits in a lane, the earliest due first.
    package func waitingInstructions(_ lane: InstructionLane, limit: Int) async throws -> [InstructionRow] {
        try await store.read { try $0.openInstructions(lane, limit: limit) }
    }
}

extension InstructionKind {
    /// Where an order is stuck that waits for this.
    package var place: Text {
        switch self {
        case .createWaybill, .queryTrace, .voidWaybill, .findWaybill, .readdressWaybill, .subscribeTrace:
            Text(chinese: "快递", english: "courier")
        case .createDelivery, .cancelDelivery, .pauseDelivery, .resumeDelivery:
            Text(chinese: "仓库", english: "warehouse")
        case .checkCredit: Text(chinese: "信用检查", english: "credit check")
        case .createReplacement: Text(chinese: "换货", english: "replacement")
        case .pushPurchase: Text(chinese: "采购", english: "purchasing")
        case .issueInvoice: Text(chinese: "财务", english: "finance")
        case .repriceFreight: Text(chinese: "运费", english: "freight")
        case .tellReceiver: Text(chinese: "地址变更通知", english: "news of a changed address")
        case .registerWarranty: Text(chinese: "售后", english: "after-sales")
        case .notifyCustomer, .askKeeper: Text(chinese: "短信", english: "messages")
        case .placeCall: Text(chinese: "电话", english: "telephone")
        }
    }
}

extension CallError {
    /// Why a call failed; what a system said stays in its own words.
    package var text: Text {
        switch kind {
        case .noAnswer: Text(chinese: "没有及时回应", english: detail)
        case .unreachable: Text(chinese: "连接不上", english: detail)
        case .error: detailText(detail)
        }
    }
}

extension LaneView {
    /// What is wrong with the way there, without the name of the place; nil while nothing is.
    package var trouble: Text? {
        guard downSince != nil, let lastError else { return nil }
        let name = Text.system(lane.system)
        let times = failuresInRow
        guard !lastError.isForEveryOrder else {
            return Text(
                chinese: "\(name.chinese) 暂不受理（\(lastError.text.chinese)）",
                english: "\(name.english) takes nothing for now (\(lastError.detail))")
        }
        guard times > 1 else {
            return Text(
                chinese: "\(name.chinese) 多数调用失败（\(lastError.text.chinese)）",
                english: "most calls to \(name.english) failed (\(lastError.detail))")
        }
        return switch lastError.kind {
        case .noAnswer:
            Text(
                chinese: "\(name.chinese) 连续 \(times) 次超时", english: "\(name.english) timed out \(times) times in a row"
            )
        case .unreachable:
            Text(
                chinese: "\(name.chinese) 连续 \(times) 次连接不上",
                english: "\(name.english) could not be reached \(times) times in a row")
        case .error:
            Text(
                chinese: "\(name.chinese) 连续 \(times) 次出错（\(lastError.text.chinese)）",
                english: "\(name.english) failed \(times) times in a row (\(lastError.detail))")
        }
    }
}

extension RootCause {
    /// Why an instruction that waits does not go out; nil where nothing is in its way.
    init?(_ row: InstructionRow, behind obstacles: Obstacles, now: Instant) {
        let lane = InstructionLane(row.instruction)
        // A waybill that was given up because of the channel is stuck there as much as one that waits for it.
        guard row.status != .done, row.status == .waiting || row.status == .ambiguous || lane.kind == .createWaybill
        else {
            return nil
        }
        guard obstacles.connected.contains(lane.system) else {
            let name = Text.system(lane.system)
            self.init(
                reason: Text(
                    chinese: "等待 \(name.chinese)：这个系统还没有接入",
                    english: "Waiting for \(name.english), which nobody has connected"),
                advice: Text(
                    chinese: "请在接入文档里加上 \(lane.system)", english: "Add \(lane.system) to the connectors document"),
                verdict: .late)
            return
        }
        guard let view = obstacles.down[lane], let trouble = view.trouble, let since = view.downSince else {
            return nil
        }
        let place = lane.kind.place
        let next = view.nextTryAt.map { $0.civil(offsetSeconds: 28_800).timeText }
        self.init(
            reason: Text(
                chinese: "卡在\(place.chinese)：\(trouble.chinese)",
                english: "Stuck at \(place.english): \(trouble.english)"),
            advice: next.map {
                Text(
                    chinese: "无需处理：系统会自动重试，下一次试探在 \($0)", english: "Nothing: it is tried again by itself, next at \($0)"
                )
            }
                ?? Text(chinese: "无需处理：正在试探是否恢复", english: "Nothing: it is being tried whether it is back"),
            verdict: now - since >= obstacles.patience ? .wrong : .late)
    }

    /// Why something is not told to a system that can be reached; nil where nothing of it is to be told, or now.
    init?(_ row: InstructionRow, leftAlone obstacles: Obstacles) {
        let lane = InstructionLane(row.instruction)
        guard row.status == .waiting || row.status == .ambiguous, lane.kind.urgency == 0,
            let until = obstacles.closed[lane.system]
        else { return nil }
        let name = Text.system(lane.system)
        let place = lane.kind.place
        let time = until.civil(offsetSeconds: 28_800).timeText
        self.init(
            reason: Text(
                chinese: "卡在\(place.chinese)：\(name.chinese) 要求暂停调用，或当天的调用次数已用完",
                english:
                    "Stuck at \(place.english): \(name.english) asked to be left alone, or its calls of today are used "
                    + "up"),
            advice: Text(chinese: "无需处理：\(time) 自动继续", english: "Nothing: it goes on by itself at \(time)"),
            verdict: .late)
    }
}
