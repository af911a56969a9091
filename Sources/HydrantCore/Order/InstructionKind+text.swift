extension InstructionKind {
    /// What is asked, in words.
    package var text: Text {
        switch self {
        case .createReplacement: Text(chinese: "创建换货订单", english: "replacement order")
        case .pushPurchase: Text(chinese: "通知采购", english: "purchase request")
        case .checkCredit: Text(chinese: "信用检查", english: "credit check")
        case .createDelivery: Text(chinese: "创建发货单", english: "delivery order")
        case .cancelDelivery: Text(chinese: "取消发货单", english: "cancelling the delivery order")
        case .createWaybill: Text(chinese: "获取运单号", english: "waybill")
        case .queryTrace: Text(chinese: "查询物流轨迹", english: "trace query")
        case .issueInvoice: Text(chinese: "开具发票", english: "invoice")
        case .registerWarranty: Text(chinese: "登记质保", english: "warranty registration")
        case .notifyCustomer: Text(chinese: "通知客户", english: "message to the customer")
        case .voidWaybill: Text(chinese: "作废面单", english: "voiding a waybill")
        case .findWaybill: Text(chinese: "查询运单号", english: "looking for the number")
        case .readdressWaybill: Text(chinese: "修改面单收货信息", english: "address change")
        case .subscribeTrace: Text(chinese: "订阅物流轨迹", english: "trace subscription")
        case .askKeeper: Text(chinese: "请仓管补录运单号", english: "message to the keeper")
        case .pauseDelivery: Text(chinese: "暂停发货单", english: "pausing the delivery order")
        case .resumeDelivery: Text(chinese: "恢复发货单", english: "resuming the delivery order")
        case .placeCall: Text(chinese: "拨打电话", english: "telephone call")
        case .repriceFreight: Text(chinese: "重新计算运费", english: "pricing the freight again")
        case .tellReceiver: Text(chinese: "告知收货信息变更", english: "telling that the receiver changed")
        }
    }
}
