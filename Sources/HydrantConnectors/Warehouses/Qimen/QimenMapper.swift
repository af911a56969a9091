import HydrantConnectorKit
import HydrantCore

/// Orders to Qimen's XML and its replies back; no effects.
enum QimenMapper {
    /// The body of `deliveryorder.create`: every line, gifts too, because a gift must not travel apart from its order.
    static func createBody(
        _ request: InstructionRequest, receiver: Receiver, settings: QimenSettings
    ) -> [UInt8] {
        let order = request.order
        let header = order.header?.value
        let warehouse = header?.warehouse ?? ""
        let now = ChinaTime.text(request.now)
        let delivery = XMLTree(
            "deliveryOrder",
            [
                XMLTree("deliveryOrderCode", request.deliveryCode), XMLTree("orderType", "JYCK"),
                XMLTree("warehouseCode", warehouse.isEmpty ? settings.warehouseCode : warehouse),
                XMLTree("createTime", now),
                XMLTree("placeOrderTime", ChinaTime.text(order.placed?.at ?? request.now)),
                XMLTree("operateTime", now), XMLTree("shopNick", header?.shop ?? ""),
                XMLTree("logisticsCode", settings.logisticsCode),
                XMLTree("totalAmount", amountText(minor: request.amountMinor)),
                senderInfo(request.house(or: settings.sender)), receiverInfo(receiver),
            ])
        let lines = order.lines.values.map { line(for: $0, order: order.number, owner: settings.ownerCode) }
        return XMLTree("request", [delivery, XMLTree("orderLines", lines)]).bytes
    }

    private static func senderInfo(_ sender: Receiver) -> XMLTree {
        XMLTree(
            "senderInfo",
            [
                XMLTree("name", sender.name), XMLTree("mobile", sender.phone), XMLTree("province", sender.province),
                XMLTree("city", sender.city), XMLTree("area", sender.district),
                XMLTree("detailAddress", sender.address),
            ])
    }

    private static func receiverInfo(_ receiver: Receiver) -> XMLTree {
        var fields = [
            XMLTree("name", receiver.name), XMLTree("mobile", receiver.phone), XMLTree("province", receiver.province),
            XMLTree("city", receiver.city), XMLTree("area", receiver.district),
            XMLTree("detailAddress", receiver.address),
        ]
        if !receiver.token.isEmpty { fields.append(XMLTree("oaid", receiver.token)) }
        return XMLTree("receiverInfo", fields)
    }

    private static func line(for line: Line, order: String, owner: String) -> XMLTree {
        var fields = [
            XMLTree("orderLineNo", line.id), XMLTree("sourceOrderCode", order), XMLTree("subSourceOrderCode", line.id),
            XMLTree("ownerCode", owner), XMLTree("itemCode", line.sku), XMLTree("itemName", line.name),
            XMLTree("inventoryType", "ZP"), XMLTree("planQty", String(line.units)),
            // The price of one unit; what does not divide stays with the order's total.
            XMLTree("actualPrice", amountText(minor: line.priceMinor / Int64(max(1, line.units)))),
        ]
        if line.isGift {
            fields.append(XMLTree("extendProps", [XMLTree("gift", "Y"), XMLTree("giftFor", line.giftFor)]))
        }
        return XMLTree("orderLine", fields)
    }

    static func queryBody(order: String) -> [UInt8] {
        XMLTree(
            "request", [XMLTree("orderCode", order), XMLTree("orderType", "JYCK"), page(1), XMLTree("pageSize", "100")]
        )
        .bytes
    }

    private static func page(_ number: Int) -> XMLTree { XMLTree("page", String(number)) }

    static func cancelBody(_ request: InstructionRequest, settings: QimenSettings) -> [UInt8] {
        let warehouse = request.order.header?.value.warehouse ?? ""
        return XMLTree(
            "request",
            [
                XMLTree("warehouseCode", warehouse.isEmpty ? settings.warehouseCode : warehouse),
                XMLTree("orderCode", request.deliveryCode), XMLTree("orderType", "JYCK"),
                XMLTree("cancelReason", request.order.cancelled?.value ?? ""),
            ]
        ).bytes
    }

    /// The body of `order.pending`.
    static func pendingBody(_ request: InstructionRequest, action: String, settings: QimenSettings) -> [UInt8] {
        let warehouse = request.order.header?.value.warehouse ?? ""
        return XMLTree(
            "request",
            [
                XMLTree("actionType", action),
                XMLTree("warehouseCode", warehouse.isEmpty ? settings.warehouseCode : warehouse),
                XMLTree("orderCode", request.deliveryCode), XMLTree("orderType", "JYCK"),
                XMLTree("reason", "the receiver's data are being verified"),
            ]
        ).bytes
    }

    static func inventoryBody(skus: [String], warehouse: String, owner: String) -> [UInt8] {
        let criteria = skus.map { sku in
            XMLTree(
                "criteria",
                [
                    XMLTree("warehouseCode", warehouse), XMLTree("ownerCode", owner), XMLTree("itemCode", sku),
                    XMLTree("inventoryType", "ZP"),
                ])
        }
        return XMLTree("request", [XMLTree("criteriaList", criteria), page(1), XMLTree("pageSize", "100")]).bytes
    }

    static func stockLevels(_ reply: QimenReply) -> [StockLevel] {
        (reply.tree["items"]?.all("item") ?? []).compactMap { item in
            let frozen = item.text("lockQuantity") ?? ""
            guard let sku = item.text("itemCode"), let quantity = item.text("quantity").flatMap(units),
                let lockQuantity = units(frozen.isEmpty ? "0" : frozen)
            else { return nil }
            return StockLevel(
                sku: sku, warehouse: item.text("warehouseCode") ?? "", quantity: quantity, lockQuantity: lockQuantity)
        }
    }

    /// What is sold beyond the stock is below none. No warehouse has a thousand million of an article; such a number
    /// tells nothing.
    private static func units(_ text: String) -> Int? {
        Int(text).flatMap { (-1_000_000_000...1_000_000_000).contains($0) ? $0 : nil }
    }
}

extension InstructionRequest {
    /// The number under which the warehouse knows the delivery that the instruction is about.
    var deliveryCode: String {
        instruction.kind == .createDelivery ? instruction.deliveryCode(of: order.number) : order.deliveryCode
    }
}

/// A reply of a warehouse: success, or a failure with its words.
struct QimenReply: Sendable {
    var isSuccess: Bool
    var code: String
    var message: String
    var tree: XMLTree

    /// Nil when the bytes are no reply of this protocol.
    init?(_ bytes: [UInt8]) {
        let tree: XMLTree
        do { tree = try XMLTree(bytes: bytes) } catch { return nil }
        guard let flag = tree.text("flag"), flag == "success" || flag == "failure" else { return nil }
        self.tree = tree
        isSuccess = flag == "success"
        code = tree.text("code") ?? ""
        message = shortened(tree.text("message") ?? "")
    }

    /// What the warehouse says, for people.
    var words: String { [code, message].filter { !$0.isEmpty }.joined(separator: " ") }
}
