internal import HydrantCore

/// The keys that say how a file is written; they may stand for the whole document and again in each file.
let layoutKeys = [
    "encoding", "separator", "timeZone", "dateFormats", "emptyTexts", "decimalSeparator", "amountDecimals",
]

/// Reads how files are written. Every reader of this folder reports and goes on, so that one pass finds all problems.
struct LayoutReader {
    /// What the document says for all of its files.
    let base: FileLayout?

    func layout(_ group: DocumentGroup) -> FileLayout? {
        let pattern = group["file"].flatMap(fileName)
        let zone = group["timeZone"].flatMap(readZone) ?? base?.zone
        let formats = group["dateFormats"].map(dateFormats) ?? base?.dateFormats
        guard var layout = base ?? zone.map({ FileLayout(pattern: "", zone: $0, dateFormats: []) }) else { return nil }
        if let pattern { layout.pattern = pattern }
        if let zone { layout.zone = zone }
        if let formats { layout.dateFormats = formats }
        if let encoding = group["encoding"]?.choice(TextEncoding.self) { layout.encoding = encoding }
        if let separator = group["separator"].flatMap(separator) { layout.options.separator = separator }
        if let texts = group["emptyTexts"]?.itemsOrOne() {
            layout.emptyTexts = texts.compactMap { $0.text().map { Array($0.utf8) } }
        }
        if let mark = group["decimalSeparator"], let text = mark.text() {
            if text == "." || text == "," {
                layout.decimalSeparator = Array(text.utf8)[0]
            } else {
                mark.problem("must be a point or a comma, is “\(text)”")
            }
        }
        if let decimals = group["amountDecimals"]?.whole(in: 0...4) { layout.amountDecimals = decimals }
        if let isOptional = group["optional"]?.flag() { layout.isOptional = isOptional }
        if let columns = group["columns"]?.items() { layout.columns = columns.compactMap { $0.name() } }
        return layout
    }

    private func fileName(_ value: DocumentValue) -> String? {
        guard let name = value.name(maximum: 200) else { return nil }
        if name.contains("/") || name.hasPrefix(".") {
            value.problem("must be a name inside the folder, like orders.csv or orders-*.csv")
            return nil
        }
        return name
    }

    func dateFormats(_ value: DocumentValue) -> [DateFormat] {
        value.itemsOrOne().compactMap { item in
            guard let text = item.text() else { return nil }
            if let format = DateFormat(text) { return format }
            item.problem("is not a date format with year, month and day. Allowed: \(DateFormat.allowed)")
            return nil
        }
    }

    private func separator(_ value: DocumentValue) -> UInt8? {
        guard let text = value.text() else { return nil }
        let names = ["comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"]
        let sign = names[text] ?? text
        if sign.utf8.count == 1, let byte = sign.utf8.first, names.values.contains(sign) { return byte }
        value.problem("must be comma, semicolon, tab or bar, is “\(text)”")
        return nil
    }
}
