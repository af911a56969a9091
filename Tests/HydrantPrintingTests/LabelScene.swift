import Foundation
import HydrantCore
import HydrantDocuments
import HydrantTesting

/// Bags and templates to print.
enum LabelScene {
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    static func template(_ name: String) throws -> LabelTemplate {
        let path = root + "/Templates/labels/\(name).yaml"
        return try LabelTemplateDocument.load(text: String(contentsOfFile: path, encoding: .utf8), path: name)
    }

    static let receivers = [
        Receiver(
            name: "欧阳明月", phone: "13800000041", province: "浙江省", city: "杭州市", district: "西湖区",
            address: "天目山路 17 号 2 单元 3019 室"),
        Receiver(
            name: "Wilhelmina", phone: "+86 139-1111-2222", province: "广东省", city: "深圳市", district: "南山区",
            address: "科技园 Building 5 Flat 8088"),
        Receiver(name: "诸葛亮", phone: "057188887777", province: "海南省", city: "三亚市", address: "解放街甲栋7077室"),
    ]

    /// What must stand on no paper.
    static let secrets = [
        "欧阳明月", "13800000041", "3019", "2 单元", "Wilhelmina", "13911112222", "8088", "诸葛亮", "057188887777", "7077",
    ]

    static func bag(orders count: Int, items: Int = 2) -> LabelBag {
        let orders = (0..<count).map { index in
            var order = LabelOrder(number: "SO2026\(1_000 + index)")
            order.shop = "滤清器旗舰店"
            order.parcel = "P\(index)"
            order.tracking = "SF117566803\(paddedDecimal(index, width: 4))"
            order.state = index % 8
            order.receiver = Sensitive(receivers[index % receivers.count])
            order.items = (0..<items).map { line in
                var item = LabelItem(sku: "LF900\(line)")
                item.name = "机油滤清器"
                item.units = line + 1
                item.isGift = line == 1
                item.location = "A-\(9 - line)"
                return item
            }
            return order
        }
        var bag = LabelBag(code: BagCode(bits: 7_777_777_777), orders: orders)
        bag.courier = "顺丰速运"
        bag.warehouse = "FRONT-1"
        bag.area = "浙江省杭州市西湖区"
        bag.departsAt = Instant(milliseconds: 1_794_400_000_000)
        bag.weightGrams = 5_900
        return bag
    }
}
