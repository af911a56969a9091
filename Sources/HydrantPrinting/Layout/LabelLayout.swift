package import HydrantCore

/// Puts the values of a bag into a template. A pure function: everything that reaches paper is in what it returns.
package struct LabelLayout: Sendable {
    private let template: LabelTemplate
    private let place: LabelPlace

    package init(template: LabelTemplate, place: LabelPlace) {
        self.template = template
        self.place = place
    }

    /// The sheets of a bag; at least one, also when it is empty.
    package func sheets(of bag: LabelBag) -> [LabelSheet] {
        var values = LabelValues(bag: bag, place: place)
        switch template.sheet {
        case .bag: return sheets(values)
        case .order:
            return bag.orders.indices.flatMap { index in
                values.order = index
                return sheets(values)
            }
        }
    }

    private func sheets(_ values: LabelValues) -> [LabelSheet] {
        let pages =
            template.elements.map { element in
                guard case .each(let table) = element.kind else { return 1 }
                let count = rows(of: table, values).count
                return max(1, (count + table.capacity - 1) / table.capacity)
            }.max() ?? 1
        return (1...pages).map { page in
            var values = values
            values.page = page
            values.pages = pages
            var operations: [LabelOperation] = []
            for element in template.elements { add(element, at: Corner(), values, to: &operations) }
            return LabelSheet(paper: template.paper, operations: operations)
        }
    }

    private func add(
        _ element: LabelElement, at origin: Corner, _ values: LabelValues,
        to operations: inout [LabelOperation]
    ) {
        guard element.condition.map({ holds($0, values) }) ?? true else { return }
        func moved(_ frame: LabelFrame) -> LabelFrame { frame.moved(x: origin.x, y: origin.y) }
        switch element.kind {
        case .text(let text):
            let run = run(text, moved(text.frame), values)
            if !run.text.isEmpty { operations.append(.text(run)) }
        case .box(let frame, let thickness): operations.append(.box(moved(frame), thickness: thickness))
        case .qr(let frame, let code):
            let content = values.code(code)
            if !content.isEmpty { operations.append(.qr(moved(frame), content)) }
        case .barcode(let frame, let code):
            let content = values.code(code)
            if !content.isEmpty { operations.append(.barcode(moved(frame), content)) }
        case .rail(let frame):
            let state = values.order.map { values.bag.orders[$0].state } ?? 0
            operations.append(.rail(moved(frame), state: min(7, max(0, state))))
        case .each(let table): add(table, at: origin, values, to: &operations)
        }
    }

    private func run(_ text: LabelText, _ frame: LabelFrame, _ values: LabelValues) -> LabelRun {
        let content = text.parts.map { part in
            switch part {
            case .literal(let words): words
            case .field(let field): values.text(field)
            }
        }.joined()
        return LabelRun(
            frame: frame, text: values.erased(content).trimmed, points: text.points, isBold: text.isBold,
            alignment: text.alignment,
            lines: text.lines)
    }

    private func holds(_ condition: LabelCondition, _ values: LabelValues) -> Bool {
        let text = values.text(condition.field)
        return switch condition.test {
        case .present: !text.isEmpty
        case .absent: text.isEmpty
        case .equals(let other): text == other
        }
    }

    // MARK: - Tables

    /// What a table repeats: values with another order or another item.
    private func rows(of table: LabelTable, _ values: LabelValues) -> [LabelValues] {
        func with(_ change: (inout LabelValues) -> Void) -> LabelValues {
            var copy = values
            change(&copy)
            return copy
        }
        switch table.over {
        case .orders: return values.bag.orders.indices.map { index in with { $0.order = index } }
        case .items:
            let items = values.order.map { values.bag.orders[$0].items } ?? []
            return items.map { item in with { $0.item = LabelGoods(item) } }
        case .goods: return values.bag.goods.map { goods in with { $0.item = goods } }
        }
    }

    private func add(
        _ table: LabelTable, at origin: Corner, _ values: LabelValues,
        to operations: inout [LabelOperation]
    ) {
        var rows = rows(of: table, values)
        // A table of the sheet goes on with the next sheet; one inside a cell has no next sheet and counts the rest.
        let isInner = origin.isInner
        var hidden = 0
        if isInner, rows.count > table.capacity {
            hidden = rows.count - table.capacity + 1
            rows = Array(rows.prefix(table.capacity - 1))
        } else if !isInner {
            rows = Array(rows.dropFirst((values.page - 1) * table.capacity).prefix(table.capacity))
        }
        for (index, row) in rows.enumerated() {
            let cell = corner(table, index, origin)
            for element in table.elements { add(element, at: cell, row, to: &operations) }
        }
        guard hidden > 0 else { return }
        let cell = corner(table, rows.count, origin)
        let frame = LabelFrame(x: cell.x, y: cell.y, width: table.cellWidth, height: table.cellHeight)
        operations.append(
            .text(
                LabelRun(
                    frame: frame, text: "… +\(hidden)", points: 8, isBold: true, alignment: .left, lines: 1)))
    }

    private func corner(
        _ table: LabelTable, _ index: Int, _ origin: Corner
    ) -> Corner {
        Corner(
            x: origin.x + table.x + Double(index % table.columns) * table.cellWidth,
            y: origin.y + table.y + Double(index / table.columns) * table.cellHeight, isInner: true)
    }
}

/// The upper left corner of the sheet or of a cell.
private struct Corner {
    var x = 0.0
    var y = 0.0
    var isInner = false
}

extension String {
    fileprivate var trimmed: String {
        let begin = drop { $0.isWhitespace }
        return String(begin.reversed().drop { $0.isWhitespace }.reversed())
    }
}
