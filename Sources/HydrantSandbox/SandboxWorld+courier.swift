import HydrantConnectorKit
import HydrantCore

/// The courier: what it answers, and how its parcels travel.
extension SandboxWorld {
    /// Answers one verified call with the inner envelope.
    func answerCourier(_ service: String, _ content: JSON) -> SandboxAnswer {
        counts.requests["sf", default: 0] += 1
        switch service {
        case "EXP_RECE_CREATE_ORDER":
            let id = content["orderId"]?.string ?? ""
            let fault = fault(of: "waybill \(id)")
            let answer = envelope(fault.takesEffect ? createWaybill(content, id) : .null, id)
            if fault == .none { tell(id) }
            return SandboxAnswer(answer, fault: fault)
        case "EXP_RECE_SEARCH_ORDER_RESP":
            let id = content["orderId"]?.string ?? ""
            tell(id)
            return SandboxAnswer(envelope(searchOrder(id), id))
        case "EXP_RECE_UPDATE_ORDER" where content["dealType"]?.integer == 2:
            let id = content["orderId"]?.string ?? ""
            let fault = fault(of: "cancel waybill \(id)")
            return SandboxAnswer(envelope(fault.takesEffect ? cancelWaybill(id) : .null, id), fault: fault)
        case "EXP_RECE_WANTED_INTERCEPT":
            let number = content["waybillNo"]?.string ?? ""
            let isKnown = courier.parcelIndex(number: number) != nil
            return SandboxAnswer(envelope(isKnown ? success(.null) : failure("8018", "未获取到订单信息"), number))
        case "EXP_RECE_REGISTER_ROUTE":
            // Everything that is handed over is pushed here, registered or not.
            return SandboxAnswer(envelope(success(.null), "register"))
        case "EXP_RECE_SEARCH_ROUTES": return SandboxAnswer(envelope(searchRoutes(content), "routes"))
        default: return SandboxAnswer(gatewayFailure("A1004", "无对应服务权限"))
        }
    }

    func gatewayFailure(_ code: String, _ message: String) -> JSON {
        [
            "apiErrorMsg": .string(message), "apiResponseID": "sandbox", "apiResultCode": .string(code),
            "apiResultData": "",
        ]
    }

    /// The inner result goes as text or as an object: both were seen.
    private func envelope(_ result: JSON, _ subject: String) -> JSON {
        let isObject = lottery.hits(300, "envelope", subject)
        return [
            "apiErrorMsg": "", "apiResponseID": "sandbox", "apiResultCode": "A1000",
            "apiResultData": isObject ? result : .string(result.text),
        ]
    }

    private func success(_ content: JSON) -> JSON {
        ["success": true, "errorCode": "S0000", "errorMsg": .null, "msgData": content]
    }

    private func failure(_ code: String, _ message: String) -> JSON {
        ["success": false, "errorCode": .string(code), "errorMsg": .string(message), "msgData": .null]
    }

    private func createWaybill(_ content: JSON, _ id: String) -> JSON {
        guard !id.isEmpty, id.utf8.count <= 64 else { return failure("S0004", "订单号不合法") }
        let receiver = content["contactInfoList"]?.array?.first { $0["contactType"]?.integer == 2 }
        let fields = ["contact", "mobile", "address"].map { receiver?[$0]?.string ?? "" }
        guard !fields.contains("") else { return failure("1014", "到件方信息不完整") }
        if let index = courier.index[id] {
            courier.parcels[index].requests += 1
            // A cancelled number of ours can never be used again.
            guard !courier.parcels[index].isCancelled else { return failure("8037", "订单已取消") }
            let isError = lottery.hits(faults.repeatIsError, "repeat waybill", id)
            return isError ? failure("8016", "重复下单") : success(order(index))
        }
        let index = courier.issue(for: id)
        counts.waybills += 1
        if LoadingDock.isFetched(id) { handOver(id, at: clock.now() + LoadingDock.fetchTime) }
        if let early = courier.handedOverEarly.removeValue(forKey: id) { handOver(id, at: max(early, clock.now())) }
        return success(order(index))
    }

    private func cancelWaybill(_ id: String) -> JSON {
        guard let index = courier.index[id] else { return failure("8018", "未获取到订单信息") }
        guard !courier.parcels[index].isCancelled else { return failure("8037", "订单已取消") }
        let handedOver = courier.parcels[index].handedOver
        guard handedOver.map({ $0 > clock.now() }) ?? true else { return failure("8252", "订单已确认") }
        courier.parcels[index].isCancelled = true
        courier.parcels[index].handedOver = nil
        if let number = courier.number(of: id) { dock.takeBack(number, of: id) }
        return success(["orderId": .string(id), "resStatus": 2])
    }

    private func order(_ index: Int) -> JSON {
        let parcel = courier.parcels[index]
        let numbers = parcel.serials.map { serial -> JSON in
            ["waybillType": 1, "waybillNo": .string(CourierLedger.number(serial))]
        }
        return [
            "orderId": .string(parcel.id), "originCode": "316", "destCode": "755", "filterResult": 2, "remark": "",
            "waybillNoInfoList": .array(numbers),
        ]
    }

    private func searchOrder(_ id: String) -> JSON {
        guard let index = courier.index[id] else { return failure("8018", "未获取到订单信息") }
        return success(order(index))
    }

    private func searchRoutes(_ content: JSON) -> JSON {
        let now = clock.now()
        let isByOrder = content["trackingType"]?.string == "2"
        let answers = (content["trackingNumber"]?.array ?? []).compactMap(\.string).map { number -> JSON in
            let index = isByOrder ? courier.index[number] : courier.parcelIndex(number: number)
            let stops = index.map { self.stops(of: $0) } ?? []
            let routes = stops.filter { $0.at <= now }.map { stop -> JSON in
                [
                    "acceptTime": .string(ChinaTime.text(stop.at)), "acceptAddress": .string(stop.stop.place),
                    "remark": .string(stop.stop.remark), "opCode": .string(stop.stop.code),
                ]
            }
            let waybill = index.flatMap { courier.parcels[$0].serials.first }.map(CourierLedger.number) ?? number
            return ["mailNo": .string(waybill), "routes": .array(routes)]
        }
        return success(["routeResps": .array(answers)])
    }

    /// The hub was told the parcel's number, so that the label can be printed.
    func tell(_ parcel: String) {
        guard let index = courier.index[parcel], !courier.parcels[index].isCancelled,
            let number = courier.number(of: parcel)
        else { return }
        dock.tell(LoadingDock.Label(parcel: parcel, courier: "SF", number: number, maker: "sf"), at: clock.now())
    }

    // MARK: - Going on

    func handOver(_ parcel: String, at: Instant) {
        guard let index = courier.index[parcel] else {
            courier.handedOverEarly[parcel] = at
            return
        }
        guard courier.parcels[index].handedOver == nil else { return }
        courier.parcels[index].handedOver = at
        if let first = stops(of: index).first { due.add(.route, index, at: first.at) }
    }

    /// All stops of a parcel that was handed over, with their times; the same whenever it is asked.
    private func stops(of index: Int) -> [(stop: RouteStop, at: Instant)] {
        let parcel = courier.parcels[index]
        guard let handedOver = parcel.handedOver else { return [] }
        let isReturned = lottery.hits(faults.returned, "returned", parcel.id)
        var at = handedOver
        return (isReturned ? RouteStop.returning : RouteStop.delivery).enumerated().map { position, stop in
            at = at + minutes(stop.minutes, "route \(position)", parcel.id)
            // SF's times have no milliseconds.
            at = Instant(milliseconds: at.milliseconds / 1_000 * 1_000)
            return (stop, at)
        }
    }

    func takeRoute(_ index: Int, at: Instant, into batch: inout DueBatch) {
        let position = Int(courier.parcels[index].nextRoute)
        let all = stops(of: index)
        guard position < all.count else { return }
        courier.parcels[index].nextRoute += 1
        if position + 1 < all.count { due.add(.route, index, at: all[position + 1].at) }
        let parcel = courier.parcels[index]
        if position == all.count - 1, lottery.hits(faults.missingStep, "missing signature", parcel.id) { return }
        let row = route(index, position, all[position].stop, at)
        guard position == 0, lottery.hits(faults.reversedPush, "reversed courier", parcel.id) else {
            batch.routes.append(row)
            return
        }
        // The pick-up is pushed after later scans, with the time at which it happened.
        let body: JSON = ["Body": ["WaybillRoute": [row]]]
        hold(Outgoing(channel: .routes, body: body.bytes, id: makePushID()), until: at + .hours(8))
    }

    private func route(_ index: Int, _ position: Int, _ stop: RouteStop, _ at: Instant) -> JSON {
        let parcel = courier.parcels[index]
        return [
            "id": .string("\(index + 1)0\(position)"), "mailno": .string(CourierLedger.number(parcel.serials[0])),
            "orderid": .string(parcel.id), "acceptTime": .string(ChinaTime.text(at)),
            "acceptAddress": .string(stop.place), "remark": .string(stop.remark), "opCode": .string(stop.code),
            "reasonCode": "", "reasonName": "",
        ]
    }
}

extension CourierLedger {
    /// Numbers are given one after the other, so that a number leads to its parcel by a short search.
    fileprivate func parcelIndex(number: String) -> Int? {
        guard number.hasPrefix("SF"), let value = Int64(number.dropFirst(2)) else { return nil }
        let index = Int(value - 1_380_000_000_000) - 1
        guard parcels.indices.contains(index), CourierLedger.number(parcels[index].serials[0]) == number else {
            return nil
        }
        return index
    }
}
