import HydrantCore
import Testing

@Suite struct TaskTitleTests {
    @Test(arguments: [
        ("return:way-back", "安排退货", "Arrange a return"), ("return:way-back:R-1", "安排退货", "Arrange a return"),
        ("return:arrival", "验收退货", "Check returned goods"),
        ("return:arrival:R-1", "验收退货", "Check returned goods"), ("return:refund", "退货待退款", "Refund a return"),
        ("cancellation:refund", "取消订单待退款", "Refund a cancelled order"),
        ("return:original-refund", "换货商品退回待退款", "Refund a returned replacement"),
        ("return:replacement:SO-1-R1", "取消换货订单", "Cancel a replacement order"),
        ("cancellation:replacement", "处理已取消的换货订单", "Settle a cancelled replacement"),
        ("cancellation:intercept:SO-1-1", "追回已取消订单的包裹", "Call back the parcel of a cancelled order"),
        ("freight@1794398400000", "结清运费差额", "Settle a difference in freight"),
        ("refund-promise-anna-1", "兑现退款承诺", "Pay a promised refund"), ("ask-anna-1", "同事交办", "Asked by a colleague"),
        ("hold:rule:big", "跟进拦截", "See to a hold"), ("courier:P/1/xx", "补上快递公司代码", "Name a courier's code"),
        ("rule:big-orders.2@17", "拦截器 big-orders 交办", "Asked by interceptor big-orders"),
        ("erp:1", "外部系统交办", "Asked by another system"),
    ])
    func `a task that is asked for says what is to be done`(id: String, chinese: String, english: String) {
        #expect(TaskKind.asked.title(ofTask: id) == Text(chinese: chinese, english: english))
    }

    @Test func `other kinds are called by their kind`() {
        for kind in TaskKind.allCases where kind != .asked {
            #expect(kind.title(ofTask: "return:refund") == kind.text)
        }
    }

    @Test func `the tasks of a return and of a cancellation have names of their own`() {
        let titles = ["return:way-back", "return:arrival:1", "return:refund", "cancellation:refund"].map {
            TaskNeed(id: $0, kind: .asked, owner: "service", reason: Text(chinese: "", english: "")).title.english
        }
        #expect(Set(titles).count == titles.count)
    }
}
