internal import HydrantCore

/// One file under way.
struct FileRun {
    /// More neighbouring rows of one order than this are not one order.
    private static let groupLimit = 10_000

    let file: FoundFile
    private let builder: FactBuilder
    private let lookups: [LookupTable]
    private var table: TableReader
    private var context: RowContext
    /// For a grouped file: the rows of the order that is being read, and its number.
    private var group: [CSVRow] = []
    private var groupKey = ""
    private(set) var rowCount = 0
    private var factCount = 0
    private var badCount = 0
    /// For each lookup: whether a row looked for something, and whether one found it.
    private var matches: [(asked: Bool, found: Bool)]

    var bytesTaken: Int64 { table.bytesTaken }

    init(
        _ order: FolderImport, _ mapping: FileMapping, _ file: FoundFile, _ lookups: [String: LookupTable]
    ) throws(FileProblem) {
        self.file = file
        builder = FactBuilder(mapping: order.mapping, file: mapping, receivedAt: order.receivedAt)
        let table = try TableReader(file, mapping.layout)
        let joins = mapping.joins
        self.lookups = joins.compactMap { lookups[$0.lookup] }
        matches = joins.map { _ in (false, false) }
        var slots: [RowContext.Slot] = []
        var missing: [String] = []
        for name in mapping.columnNames {
            if let joined = FileRun.joined(name, joins, lookups) {
                slots.append(joined)
            } else if let index = table.header.firstIndex(of: name) {
                slots.append(.field(index))
            } else {
                missing.append(name)
            }
        }
        _ = try table.indices(of: missing, file: file.name)
        self.table = table
        context = RowContext(
            layout: mapping.layout, columnNames: mapping.columnNames, slots: slots, row: CSVRow())
    }

    private static func joined(
        _ name: String, _ joins: [JoinMapping], _ lookups: [String: LookupTable]
    ) -> RowContext.Slot? {
        for (index, join) in joins.enumerated() where name.hasPrefix(join.lookup + ".") {
            let column = String(name.dropFirst(join.lookup.count + 1))
            if let place = lookups[join.lookup]?.columns.firstIndex(of: column) {
                return .joined(join: index, column: place)
            }
        }
        return nil
    }

    /// What can hardly be meant, once the file is read.
    var notes: [String] {
        var notes: [String] = []
        for (join, match) in zip(builder.file.joins, matches) where match.asked && !match.found {
            let names = join.by.slots.map { context.columnNames[$0] }.joined(separator: ", ")
            notes.append(
                "\(file.name): no row has its \(names) in the lookup \(join.lookup): look whether `by` and the "
                    + "lookup's `key` name columns with the same values")
        }
        if rowCount > 0, factCount == 0, badCount == 0 {
            notes.append(
                "\(file.name): none of \(rowCount) rows gave a fact: look whether the conditions under `when` fit what "
                    + "stands in the file")
        }
        return notes
    }

    /// Reads one row; false at the end of the file.
    mutating func step(facts: inout [ImportedFact], badRows: inout [BadRow]) throws(FileProblem) -> Bool {
        let before = (facts: facts.count, badRows: badRows.count)
        defer {
            factCount += facts.count - before.facts
            badCount += badRows.count - before.badRows
        }
        switch try table.next(into: &context.row) {
        case .end:
            finishGroup(&facts, &badRows)
            return false
        case .bad(let bad):
            rowCount += 1
            badRows.append(bad)
        case .row:
            rowCount += 1
            do {
                try take(&facts, &badRows)
            } catch {
                badRows.append(BadRow(file: file.name, line: context.row.line, reason: error.message))
            }
        }
        return true
    }

    private mutating func take(_ facts: inout [ImportedFact], _ badRows: inout [BadRow]) throws(RowProblem) {
        join()
        if let condition = builder.file.condition, try !context.meets(condition) { return }
        guard let key = context.text(builder.file.key) else {
            let names = builder.file.key.slots.map { context.columnNames[$0] }
            throw RowProblem(message: "the key (\(names.joined(separator: ", "))) is empty")
        }
        guard builder.file.isGrouped else {
            try appendFacts(builder.file.facts, order: key, &facts)
            return
        }
        if key != groupKey || group.count >= FileRun.groupLimit {
            let row = context.row
            finishGroup(&facts, &badRows)
            context.row = row
            groupKey = key
        }
        group.append(context.row)
    }

    private mutating func join() {
        guard !lookups.isEmpty else { return }
        var joined: [[String]] = []
        for (index, (join, table)) in zip(builder.file.joins, lookups).enumerated() {
            let key = context.text(join.by)
            let row = table.row(key)
            if key != nil { matches[index].asked = true }
            if row != nil { matches[index].found = true }
            joined.append(row ?? [])
        }
        context.joined = joined
    }

    /// All facts of the row, or none.
    private func appendFacts(_ entries: [FactMapping], order: String, _ facts: inout [ImportedFact]) throws(RowProblem)
    {
        let before = facts.count
        do {
            for entry in entries {
                if let fact = try builder.fact(entry, in: context, order: order) { facts.append(placed(fact)) }
            }
        } catch {
            facts.removeLast(facts.count - before)
            throw error
        }
    }

    /// The facts of the order whose rows have been read.
    private mutating func finishGroup(_ facts: inout [ImportedFact], _ badRows: inout [BadRow]) {
        guard !group.isEmpty else { return }
        var pending = builder.file.facts.filter(\.isPerOrder)
        let perRow = builder.file.facts.filter { !$0.isPerOrder }
        context.group = group
        let begin = facts.count
        for row in group {
            context.row = row
            join()
            let before = facts.count
            do {
                let left = try appendOnce(pending, &facts)
                try appendFacts(perRow, order: groupKey, &facts)
                pending = left
            } catch {
                facts.removeLast(facts.count - before)
                badRows.append(BadRow(file: file.name, line: row.line, reason: error.message))
            }
        }
        context.group = []
        group.removeAll(keepingCapacity: true)
        dropRepeated(&facts, from: begin)
    }

    private func placed(_ fact: Fact) -> ImportedFact {
        ImportedFact(fact: fact, place: ImportPlace(file: file.name, line: context.row.line))
    }

    /// Several rows of an order often say the same; the message is the same, so the first one is enough. What says
    /// something else under the number of another message stays: the hub does not record it, and says where it stands.
    private func dropRepeated(_ facts: inout [ImportedFact], from begin: Int) {
        var first: [String: Fact] = [:]
        var kept = begin
        for index in begin..<facts.count {
            let fact = facts[index].fact
            let number = "\(fact.source)\u{0}\(fact.messageID)"
            guard first[number] != fact else { continue }
            if first[number] == nil { first[number] = fact }
            if kept != index { facts[kept] = facts[index] }
            kept += 1
        }
        facts.removeLast(facts.count - kept)
    }

    /// The entries of which the row gives no fact; a later row of the order may.
    private func appendOnce(_ entries: [FactMapping], _ facts: inout [ImportedFact]) throws(RowProblem) -> [FactMapping]
    {
        var left: [FactMapping] = []
        for entry in entries {
            if let fact = try builder.fact(entry, in: context, order: groupKey) {
                facts.append(placed(fact))
            } else {
                left.append(entry)
            }
        }
        return left
    }
}
