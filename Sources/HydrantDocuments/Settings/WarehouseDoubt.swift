package import HydrantCore

/// A warehouse that only one place in the settings names: most likely a slip, because what is said of it there works
/// only for orders whose warehouse is spelled in the same way.
package struct WarehouseDoubt: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case calendar(String)
        /// Its parcels then go under another address.
        case sender
    }

    package var place: Place
    package var warehouse: String
    /// What was probably meant; nil where nothing is spelled like it.
    package var guess: String?
    /// False where nothing else in the settings names warehouses, so that nothing can be compared.
    package var isComparable: Bool

    package var text: Text {
        guard isComparable else { return incomparable }
        let unknown = unknown
        return Text(
            chinese: unknown.chinese + (guess.map { "是不是“\($0)”？" } ?? ""),
            english: unknown.english + (guess.map { " Did you mean “\($0)”?" } ?? ""))
    }

    private var incomparable: Text {
        switch place {
        case .calendar(let calendar):
            Text(
                chinese: "日历“\(calendar)”的仓库“\(warehouse)”无法核对：配置里没有其他地方写仓库名。"
                    + "只有订单里的仓库名与它完全一样时才按这个日历计算。",
                english: "the warehouse “\(warehouse)” of the calendar “\(calendar)” cannot be checked, because "
                    + "nothing else in the settings names warehouses; the calendar works only for orders whose "
                    + "warehouse is spelled exactly so")
        case .sender:
            Text(
                chinese: "发件地址的仓库“\(warehouse)”无法核对：配置里没有其他地方写仓库名。"
                    + "只有订单里的仓库名与它完全一样时才用这个地址。",
                english: "the warehouse “\(warehouse)” of a sender cannot be checked, because nothing else in the "
                    + "settings names warehouses; its address is used only for orders whose warehouse is spelled "
                    + "exactly so")
        }
    }

    private var unknown: Text {
        switch place {
        case .calendar(let calendar):
            Text(
                chinese: "日历“\(calendar)”里有未知仓库“\(warehouse)”：dispatch 的 chains 和 freight 的 origins 都没有它。",
                english: "unknown warehouse “\(warehouse)” in the calendar “\(calendar)”: neither the chains under "
                    + "dispatch nor the origins under freight name it.")
        case .sender:
            Text(
                chinese: "发件地址里有未知仓库“\(warehouse)”：dispatch 的 chains、freight 的 origins 和日历都没有它，请改成订单里的仓库名。",
                english: "unknown warehouse “\(warehouse)” under dispatch: senders: neither the chains, the origins "
                    + "under freight nor the calendars name it. Write it as the orders do.")
        }
    }
}

extension Settings {
    /// The warehouses that working calendars name and that the rest of the settings does not know.
    package var calendarDoubts: [WarehouseDoubt] {
        calendars.flatMap { doubts(.calendar($0.name), $0.warehouses, known: shippingWarehouses) }
    }

    /// The warehouses that senders name and that the rest of the settings does not know.
    package var senderDoubts: [WarehouseDoubt] {
        doubts(
            .sender, dispatch.senders.compactMap(\.warehouse),
            known: shippingWarehouses.union(calendars.flatMap(\.warehouses)))
    }

    private var shippingWarehouses: Set<String> {
        Set(dispatch.chains.compactMap(\.warehouse)).union(freight.origins.keys)
    }

    private func doubts(
        _ place: WarehouseDoubt.Place, _ warehouses: some Sequence<String>, known: Set<String>
    ) -> [WarehouseDoubt] {
        warehouses.filter { !known.contains($0) }.map { warehouse in
            WarehouseDoubt(
                place: place, warehouse: warehouse, guess: closestWord(to: warehouse, among: known.sorted()),
                isComparable: !known.isEmpty)
        }
    }
}
