internal import HydrantCore

/// Reads a file by the names of its columns.
struct TableReader {
    let layout: FileLayout
    let header: [String]
    private var reader: CSVReader

    /// Opens the file and reads its header line, where it has one.
    init(_ file: FoundFile, _ layout: FileLayout) throws(FileProblem) {
        self.layout = layout
        reader = CSVReader(try file.source(layout.encoding), name: file.name, options: layout.options)
        if let columns = layout.columns {
            header = columns
            reader.columnCount = columns.count
            return
        }
        var row = CSVRow()
        switch try reader.next(into: &row) {
        case .row: header = (0..<row.count).map { row.text($0) }
        case .bad(let bad): throw FileProblem(file: file.name, message: "the header line \(bad.reason)")
        case .end: throw FileProblem(file: file.name, message: "is empty, not even a header line")
        }
    }

    var bytesTaken: Int64 { reader.bytesTaken }

    mutating func next(into row: inout CSVRow) throws(FileProblem) -> CSVReader.Next { try reader.next(into: &row) }

    /// Where the named columns stand; all missing ones are named at once.
    func indices(of names: [String], file: String) throws(FileProblem) -> [Int] {
        let missing = names.filter { !header.contains($0) }
        guard missing.isEmpty else {
            let named = missing.map { name in
                "“\(name)”" + (closestWord(to: name, among: header).map { " (did you mean “\($0)”?)" } ?? "")
            }
            throw FileProblem(
                file: file,
                message: "has no column \(named.joined(separator: ", ")); its columns are "
                    + header.prefix(60).joined(separator: ", ") + separatorHint)
        }
        return names.compactMap { header.firstIndex(of: $0) }
    }

    /// A header of one column that has another separator in it was cut at the wrong places.
    private var separatorHint: String {
        let words: [(String, String)] = [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")]
        guard header.count == 1, let only = header.first, let word = words.first(where: { only.contains($0.0) })
        else { return "" }
        return ". That is one column: perhaps the file wants `separator: \(word.1)`"
    }
}

/// A side file in memory, by its key.
struct LookupTable {
    /// Side files are for names and categories, not for the orders themselves.
    static let rowLimit = 500_000

    let columns: [String]
    private var rows: [String: [String]] = [:]

    init(_ mapping: LookupMapping, _ files: [FoundFile], bad: inout [BadRow]) throws(FileProblem) {
        columns = mapping.columns
        for file in files {
            var table = try TableReader(file, mapping.layout)
            let indices = try table.indices(of: [mapping.key] + mapping.columns, file: file.name)
            var row = CSVRow()
            reading: while true {
                switch try table.next(into: &row) {
                case .end: break reading
                case .bad(let problem): bad.append(problem)
                case .row:
                    rows[row.text(indices[0])] = indices.dropFirst().map { row.text($0) }
                    guard rows.count <= LookupTable.rowLimit else {
                        throw FileProblem(
                            file: file.name,
                            message: "has more than \(LookupTable.rowLimit) rows, too many for a lookup")
                    }
                }
            }
        }
    }

    /// The kept columns of a row; nil when there is no such row.
    func row(_ key: String?) -> [String]? { key.flatMap { rows[$0] } }
}
