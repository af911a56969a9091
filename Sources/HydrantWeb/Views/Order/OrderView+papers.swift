import HydrantCore
import HydrantEngine

extension OrderView {
    /// What can be printed for the order, and what not with the reason. A waybill of a parcel that has left, and a slip
    /// for a return that nobody asked for, are not worth a word.
    var papers: Bindings {
        let role = Viewer.current.role
        let sights = model.papers.filter { sight in
            AccessTable.mayPrint(
                sight.paper.kind, isOfWayBack: sight.paper.isOfWayBack, toPrinter: false, role)
                && sight.obstacle?.code != "paper.gone" && sight.obstacle?.code != "paper.noReturn"
        }
        let view = PaperView(formats, model.desk)
        return [
            "hasPapers": !sights.isEmpty, "papers": sights.map { view.bindings($0, model.packing) },
            "hasBlockedPapers": sights.contains { $0.obstacle != nil },
            "paperPath": orderPath(order.number) + "/papers", "paperToken": Viewer.current.formToken,
        ]
    }
}
