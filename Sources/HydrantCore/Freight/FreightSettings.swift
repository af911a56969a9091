/// The rate cards by which the hub prices what it sends, and what it must know of parcels for it.
package struct FreightSettings: Hashable, Sendable {
    package var cards: [FreightCard] = []
    /// Where the parcels of each warehouse come from, by the warehouse's name.
    package var origins: [String: DeliveryArea] = [:]
    /// What a parcel weighs that nobody has weighed.
    package var grams: Int64 = 1_000
    /// Up to which difference, in minor units, a changed address is neither charged nor paid back and asks nobody.
    package var toleranceMinor: Int64 = 0

    package init() {}
}

/// What all parcels of an order cost to two addresses.
package struct FreightChange: Hashable, Sendable {
    package var beforeMinor: Int64
    package var afterMinor: Int64
    package var currency: String

    package init(beforeMinor: Int64, afterMinor: Int64, currency: String) {
        self.beforeMinor = beforeMinor
        self.afterMinor = afterMinor
        self.currency = currency
    }

    package var differenceMinor: Int64 { afterMinor - beforeMinor }

    /// In words, for the receipt.
    package var detail: String {
        let difference = (differenceMinor > 0 ? "+" : "") + amountText(minor: differenceMinor)
        return "\(difference) \(currency): \(amountText(minor: beforeMinor)) → \(amountText(minor: afterMinor))"
    }
}

extension Order {
    static let freightTaskPrefix = "freight@"

    /// What the way costs more (less, when negative) that an instruction `freight.reprice` names.
    ///
    /// - Throws: why there is no price.
    package func freightChange(
        _ instruction: Instruction, _ settings: Settings
    ) throws(FreightRefusal) -> FreightChange {
        let codes = instruction.target.prefix { $0 != "@" }.split(separator: ">", omittingEmptySubsequences: false)
        guard codes.count == 2, let old = DeliveryArea(code: String(codes[0])),
            let new = DeliveryArea(code: String(codes[1]))
        else { throw .noArea }
        var change = FreightChange(beforeMinor: 0, afterMinor: 0, currency: header?.value.currency ?? "CNY")
        for parcel in numberedParcels {
            let warehouse = warehouse(of: parcel.id)
            guard let origin = settings.freight.origins[warehouse] else { throw .noOrigin }
            let grams = parcel.packing?.value.weightGrams.map { Int64($0) } ?? settings.freight.grams
            var asked = FreightParcel(origin: origin, destination: new, grams: max(1, grams))
            let chain = settings.chain(warehouse: warehouse, courier: header?.value.courier ?? "")
            let planned = chain.map { $0.courier.isEmpty ? $0.channels[0] : $0.courier }
            let labelled = liveWaybill(of: parcel)?.courier ?? ""
            asked.courier = labelled.isEmpty ? planned : labelled
            asked.at = placed?.at
            let difference = try settings.freight.cards.difference(asked, was: old)
            change.beforeMinor += difference.before.totalMinor
            change.afterMinor += difference.after.totalMinor
            change.currency = difference.after.currency
        }
        return change
    }
}

extension FreightChange {
    /// What a person decides about the difference; nil where it is not larger than what is let be.
    package func task(for instruction: Instruction, toleranceMinor: Int64 = 0) -> TaskNeed? {
        guard abs(differenceMinor) > toleranceMinor else { return nil }
        let isMore = differenceMinor > 0
        let amount = "\(amountText(minor: abs(differenceMinor))) \(currency)"
        let options: [TaskField.Option] =
            isMore
            ? [
                .init("collected", Text(chinese: "已向客户补收", english: "Collected from the customer")),
                .init("waived", Text(chinese: "不补收，由我们承担", english: "Waived, we bear it")),
            ]
            : [
                .init("returned", Text(chinese: "已退给客户", english: "Given back to the customer")),
                .init("kept", Text(chinese: "不退", english: "Not given back")),
            ]
        let time = instruction.target.split(separator: "@").last.map(String.init) ?? ""
        return TaskNeed(
            id: Order.freightTaskPrefix + time, kind: .asked, owner: "finance",
            reason: Text(
                chinese: isMore ? "改地址后运费多 \(amount)：请补收或决定不收" : "改地址后运费少 \(amount)：请退还或决定不退",
                english: isMore
                    ? "The new address costs \(amount) more freight: collect it, or waive it"
                    : "The new address costs \(amount) less freight: give it back, or keep it"),
            fields: [.action(options), .note])
    }
}
