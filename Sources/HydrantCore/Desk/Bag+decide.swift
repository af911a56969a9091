/// What a person asks of a bag.
package enum BagAction: Hashable, Sendable {
    /// A parcel that goes the same way is meant for it too.
    case join(BagStep.Parcel)
    /// The scanner saw a parcel go in.
    case scan(BagLook)
    case takeOut(ParcelKey)
    case leaveOut(ParcelKey, reason: String)
    case weigh(grams: Int)
    /// With a reason it is closed although the weight does not fit.
    case close(reason: String)
    case printLabel(template: String, reason: String, isForPrinter: Bool = false)
    case handOver
    case void(reason: String)
}

extension BagAction {
    /// What a bag can always come to.
    fileprivate var endsBag: Bool {
        switch self {
        case .close, .handOver, .void: true
        case .join, .scan, .takeOut, .leaveOut, .weigh, .printLabel: false
        }
    }
}

/// A parcel that was scanned, with what the hub knows of it.
package struct BagLook: Hashable, Sendable {
    package var key: ParcelKey
    package var standing: BagParcel.Standing
    /// The live bag that it is meant for; empty where it is in none.
    package var home: String

    package init(key: ParcelKey, standing: BagParcel.Standing, home: String) {
        self.key = key
        self.standing = standing
        self.home = home
    }
}

extension Bag {
    /// The steps that bring the bag past changes of its orders: whoever was held, cancelled or re-addressed leaves.
    ///
    /// - Parameter standings: how the orders of its parcels stand now, and to whom they go; one that is not there is
    ///   left as it is.
    package func steps(
        after standings: [ParcelKey: (standing: BagParcel.Standing, receiver: String)], at now: Instant
    ) -> [BagStep] {
        guard state.isLive else { return [] }
        return meant.compactMap { place in
            guard let known = standings[place.key] else { return nil }
            let isReaddressed = !place.receiver.isEmpty && known.receiver != place.receiver
            let standing = known.standing == .free && isReaddressed ? .changed : known.standing
            guard standing != .free else { return nil }
            return BagStep(
                id: "left-\(place.number)-\(steps.count)", at: now, person: "hub",
                body: .left(place.key, .standing(standing)))
        }
    }

    /// So many steps a bag may have, so that its document stays small.
    package static let stepsMaximum = 1_000

    /// What an action does to the bag; nil when it was done before or changes nothing.
    package func decide(_ action: BagAction, _ gate: WeighGate = WeighGate()) throws(Refusal) -> BagStep.Body? {
        let body = try wanted(action, gate)
        guard body == nil || steps.count < Self.stepsMaximum || action.endsBag else { throw .bag(.full) }
        return body
    }

    private func wanted(_ action: BagAction, _ gate: WeighGate) throws(Refusal) -> BagStep.Body? {
        switch action {
        case .join(let parcel):
            if place(parcel.key)?.isMeant == true { return nil }
            try requireOpen()
            return .joined(parcel)
        case .scan(let look): return try scanned(look)
        case .takeOut(let key):
            try requireLive()
            let isInside = place(key)?.insideSince != nil || foreign.contains { $0.key == key }
            return isInside ? .takenOut(key) : nil
        case .leaveOut(let key, let reason):
            try requireOpen()
            try require(reason)
            guard let place = place(key), place.isMeant else { return nil }
            guard place.insideSince == nil else { throw .bag(.insideStill, key.parcel) }
            return .left(key, .person(reason: reason))
        case .weigh(let grams):
            try requireOpen()
            guard (1...200_000).contains(grams) else { throw .bag(.noWeight) }
            return .weighed(grams: grams)
        case .close(let reason):
            guard state != .closed else { return nil }
            try requireOpen()
            try requireRight()
            return .closed(reason: try requireWeight(gate, reason))
        case .printLabel(let template, let reason, let isForPrinter):
            try requireLive()
            if !prints.isEmpty { try require(reason, else: .reprintReason) }
            return .printed(template: template, reason: prints.isEmpty ? "" : reason, isForPrinter: isForPrinter)
        case .handOver:
            guard state != .handedOver else { return nil }
            guard state == .closed else { throw .bag(state == .void ? .void : .notClosed) }
            try requireRight()
            return .handedOver
        case .void(let reason):
            guard state != .void else { return nil }
            try requireLive()
            try require(reason)
            return .voided(reason: reason)
        }
    }

    private func scanned(_ look: BagLook) throws(Refusal) -> BagStep.Body? {
        try requireLive()
        if let place = place(look.key), place.isMeant {
            if place.insideSince != nil { return nil }
            try requireOpen()
            return .scanned(look.key)
        }
        if place(look.key)?.insideSince != nil { return nil }
        let found = ForeignParcel(key: look.key, belongsTo: look.home, standing: look.standing)
        return foreign.contains(found) ? nil : .foundForeign(found)
    }

    private func requireLive() throws(Refusal) {
        switch state {
        case .open, .closed: return
        case .handedOver: throw .bag(.gone)
        case .void: throw .bag(.void)
        }
    }

    private func requireOpen() throws(Refusal) {
        try requireLive()
        if state == .closed { throw .bag(.closed) }
    }

    private func requireRight() throws(Refusal) {
        let check = check
        if let foreign = check.foreign.first { throw .bag(.foreign, foreign.parcel) }
        if let stopped = check.stopped.first { throw .bag(.stopped, stopped.parcel) }
        if let missing = check.missing.first { throw .bag(.missing, missing) }
        if meant.isEmpty { throw .bag(.empty) }
    }

    /// - Returns: the reason that closing needs; empty where it needs none.
    private func requireWeight(_ gate: WeighGate, _ reason: String) throws(Refusal) -> String {
        if gate.mode == .required, measuredGrams == nil { throw .bag(.notWeighed) }
        let odd = oddParcels(gate).first
        guard odd != nil || !isWeightFine(gate) else { return "" }
        try require(reason, else: odd == nil ? .weightDiffers : .parcelWeight, odd?.key.parcel ?? "")
        return reason
    }

    private func require(
        _ reason: String, else problem: BagProblem = .noReason, _ parcel: String = ""
    ) throws(Refusal) {
        guard reason.count(where: { !$0.isWhitespace }) >= 2 else { throw .bag(problem, parcel) }
    }
}

/// Why a bag does not do what it is asked.
package enum BagProblem: String, Sendable, CaseIterable {
    case closed
    case void
    case gone
    case notClosed
    case foreign
    case stopped
    case missing
    case elsewhere
    case empty
    case insideStill
    case noWeight
    case notWeighed
    case parcelWeight
    case weightDiffers
    case reprintReason
    case noReason
    case full
}

extension Refusal {
    /// - Parameter parcel: the first parcel that is the reason; empty where none is.
    package static func bag(_ problem: BagProblem, _ parcel: String = "") -> Refusal {
        Refusal(code: "bag.\(problem.rawValue)", text: problem.text(parcel), nextStep: problem.nextStep)
    }
}

extension BagProblem {
    fileprivate func text(_ parcel: String) -> Text {
        switch self {
        case .closed: Text(chinese: "这个集包已经封袋", english: "The bag is closed")
        case .void: Text(chinese: "这个集包已经作废", english: "The bag is void")
        case .gone: Text(chinese: "这个集包已经交给快递", english: "The bag was handed over")
        case .notClosed: Text(chinese: "集包还没有封袋", english: "The bag is not closed yet")
        case .foreign: Text(chinese: "包裹 \(parcel) 不属于这个集包", english: "Parcel \(parcel) is foreign to this bag")
        case .stopped: Text(chinese: "包裹 \(parcel) 不能发出", english: "Parcel \(parcel) must not leave")
        case .missing: Text(chinese: "还缺包裹 \(parcel)", english: "Parcel \(parcel) is missing")
        case .elsewhere: Text(chinese: "包裹 \(parcel) 已在另一个集包中", english: "Parcel \(parcel) is in another bag")
        case .empty: Text(chinese: "集包是空的", english: "The bag is empty")
        case .insideStill: Text(chinese: "包裹 \(parcel) 还在袋里", english: "Parcel \(parcel) is in the bag")
        case .noWeight: Text(chinese: "重量须为 1 到 200000 克", english: "A weight is 1 to 200000 grams")
        case .notWeighed: Text(chinese: "集包还没有称重", english: "The bag was not weighed yet")
        case .parcelWeight:
            Text(chinese: "包裹 \(parcel) 的重量与商品不符", english: "Parcel \(parcel) does not weigh what its goods weigh")
        case .weightDiffers: Text(chinese: "重量与包裹合计不符", english: "The weight is not that of its parcels")
        case .reprintReason: Text(chinese: "标签已打印过，补打需要原因", english: "Printing again needs a reason")
        case .noReason: Text(chinese: "请写明原因", english: "A reason is needed")
        case .full: Text(chinese: "这个集包的操作太多了", english: "Too much was done with this bag")
        }
    }

    fileprivate var nextStep: Text {
        switch self {
        case .closed: Text(chinese: "取出一件会重新打开它", english: "Taking a parcel out opens it again")
        case .void, .gone: Text(chinese: "请扫描另一个集包", english: "Scan another bag")
        case .notClosed: Text(chinese: "先封袋", english: "Close it first")
        case .foreign, .stopped: Text(chinese: "把它取出来，再确认已取出", english: "Take it out and confirm that")
        case .missing: Text(chinese: "找到并扫描它，或注明原因不装", english: "Find and scan it, or leave it out with a reason")
        case .elsewhere: Text(chinese: "扫描它，看它属于哪个集包", english: "Scan it to see which bag it belongs to")
        case .empty: Text(chinese: "作废这个集包", english: "Void the bag")
        case .insideStill: Text(chinese: "先把它取出来", english: "Take it out first")
        case .noWeight: Text(chinese: "重新称重", english: "Weigh it again")
        case .notWeighed: Text(chinese: "称重后再封袋", english: "Weigh it, then close it")
        case .parcelWeight:
            Text(chinese: "打开核对，或注明原因", english: "Open it and look inside, or give a reason")
        case .weightDiffers: Text(chinese: "数一遍并重新称，或注明原因", english: "Count and weigh again, or give a reason")
        case .full: Text(chinese: "封袋或作废，再开一个新的", english: "Close or void it, and begin another")
        case .reprintReason, .noReason: Text(chinese: "写几个字说明", english: "Write a few words")
        }
    }
}
