internal import HydrantCore

/// The document that says which files become which facts. docs/mapping.md explains it to its authors.
package enum MappingDocument {
    /// Reads a mapping document and reports everything that is wrong with it.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> Mapping {
        let document = try DocumentValue.parse(text: text, path: path)
        let mapping = MappingReader(document: document).mapping()
        try document.list.throwIfAny()
        guard let mapping else { throw DocumentProblems([]) }
        return mapping
    }
}

private let documentKeys =
    ["mapping", "version", "source", "exportedAt", "lookups", "files"] + layoutKeys + settingsKeys
private let fileKeys =
    ["file", "optional", "key", "columns", "when", "group", "join", "facts"] + layoutKeys
private let factKeys = ["kind", "when", "once", "source", "id", "occurredAt", "word", "data"]

private struct MappingReader {
    let document: DocumentValue

    func mapping() -> Mapping? {
        let required = ["mapping", "version", "source", "timeZone", "files"]
        guard let group = document.group(allowed: documentKeys, required: required) else { return nil }
        let name = group["mapping"]?.name(maximum: 60)
        let version = group["version"]?.name(maximum: 30)
        let source = group["source"]?.name()
        let exportedAt = group["exportedAt"]?.moment()
        let settings = SettingsReader().settings(group, version: "\(name ?? "")-\(version ?? "")")
        // A stand-in zone lets the files be checked although the document's own zone is wrong or missing.
        let standIn = ZoneTable(identifier: "UTC").map { FileLayout(pattern: "", zone: $0, dateFormats: []) }
        guard let layout = LayoutReader(base: standIn).layout(group) else { return nil }
        let lookups = self.lookups(group["lookups"], layout)
        let joinable = Dictionary(lookups.map { ($0.name, $0) }) { first, _ in first }
        let reader = FileReader(layout: layout, lookups: joinable)
        let files = (group["files"]?.items() ?? []).compactMap(reader.file)
        if let place = group["files"], place.isEmptyList { place.problem("needs at least one file") }
        guard let name, let version, let source else { return nil }
        return Mapping(
            name: name, version: version, source: source, exportedAt: exportedAt, settings: settings, lookups: lookups,
            files: files)
    }

    private func lookups(_ value: DocumentValue?, _ layout: FileLayout) -> [LookupMapping] {
        (value?.members() ?? []).compactMap { name, _, inner in
            let allowed = ["file", "optional", "key", "columns"] + layoutKeys
            guard let group = inner.group(allowed: allowed, required: ["file", "key", "columns"]),
                var lookup = LayoutReader(base: layout).layout(group), let key = group["key"]?.name(maximum: 300)
            else { return nil }
            // Here `columns` are the ones to keep; a lookup file always has a header.
            let columns = lookup.columns ?? []
            lookup.columns = nil
            return LookupMapping(name: name, layout: lookup, key: key, columns: columns)
        }
    }
}

/// Reads one entry of `files`.
private struct FileReader {
    let layout: FileLayout
    let lookups: [String: LookupMapping]

    func file(_ value: DocumentValue) -> FileMapping? {
        guard let group = value.group(allowed: fileKeys, required: ["file", "key", "facts"]),
            let layout = LayoutReader(base: layout).layout(group)
        else { return nil }
        let table = ColumnTable()
        let isGrouped = group["group"]?.flag() ?? false
        let values = ValueReader(columns: table, layout: layout, isGrouped: isGrouped)
        var file = FileMapping(layout: layout)
        file.isGrouped = isGrouped
        if let key = group["key"].flatMap(values.columnOrTemplate) { file.key = key }
        file.condition = group["when"].flatMap(values.condition)
        file.joins = joins(group["join"], values)
        file.facts = (group["facts"]?.items() ?? []).compactMap { fact($0, values) }
        file.columnNames = table.names
        if let place = group["facts"], place.isEmptyList { place.problem("needs at least one fact") }
        checkJoined(table.names, file.joins, value)
        checkListed(table.names, file, group["columns"])
        return file
    }

    private func joins(_ value: DocumentValue?, _ values: ValueReader) -> [JoinMapping] {
        (value?.itemsOrOne() ?? []).compactMap { item in
            guard let group = item.group(allowed: ["lookup", "by"], required: ["lookup", "by"]),
                let name = group["lookup"]?.name(), let by = group["by"].flatMap(values.columnOrTemplate)
            else { return nil }
            guard lookups[name] != nil else {
                item.problem(notAllowed("unknown lookup", name, allowed: lookups.keys.sorted()))
                return nil
            }
            return JoinMapping(lookup: name, by: by)
        }
    }

    /// Columns like `products.weight` must exist in a lookup that the file joins.
    private func checkJoined(_ names: [String], _ joins: [JoinMapping], _ value: DocumentValue) {
        for join in joins {
            guard let lookup = lookups[join.lookup] else { continue }
            for name in names where name.hasPrefix(join.lookup + ".") {
                let column = String(name.dropFirst(join.lookup.count + 1))
                guard !lookup.columns.contains(column) else { continue }
                value.problem(notAllowed("lookup \(join.lookup) has no column", column, allowed: lookup.columns))
            }
        }
    }

    /// A file without a header line has the columns that the document lists and no others.
    private func checkListed(_ names: [String], _ file: FileMapping, _ value: DocumentValue?) {
        guard let value, let columns = file.layout.columns else { return }
        for name in names where !columns.contains(name) {
            guard !file.joins.contains(where: { name.hasPrefix($0.lookup + ".") }) else { continue }
            value.problem(notAllowed("the facts use the column", name, allowed: columns))
        }
    }

    private func fact(_ value: DocumentValue, _ values: ValueReader) -> FactMapping? {
        guard let group = value.group(allowed: factKeys, required: ["kind"]) else { return nil }
        guard let kind = kind(group["kind"]) else { return nil }
        var fact = FactMapping(kind: kind)
        fact.condition = group["when"].flatMap(values.condition)
        fact.source = group["source"]?.name()
        fact.id = group["id"].flatMap(values.template)
        // A bare name is a column here: a constant time or word for every row would say nothing.
        fact.occurredAt = group["occurredAt"].flatMap { bareColumn($0, .time, values) }
        fact.word = group["word"].flatMap { bareColumn($0, .text, values) }
        fact.isPerOrder = group["once"]?.flag() ?? false
        if fact.isPerOrder, !values.isGrouped, let place = group["once"] {
            place.problem("once needs “group: true” in the file")
        }
        if kind == .statusReported, group["word"] == nil { value.problem("status.reported needs a word") }
        let fields = factFields[kind] ?? []
        if let data = group["data"] {
            fact.data = members(data, fields, values)
        } else {
            for field in fields where field.isRequired { value.problem("data.\(field.name) is missing") }
        }
        return fact
    }

    private func kind(_ value: DocumentValue?) -> FactKind? {
        guard let value, let text = value.text() else { return nil }
        if let kind = FactKind(rawValue: text), factFields[kind] != nil { return kind }
        value.problem(notAllowed("unknown kind of fact", text, allowed: mappableKinds.map(\.rawValue)))
        return nil
    }

    private func bareColumn(_ value: DocumentValue, _ type: FieldType, _ values: ValueReader) -> ValueMapping? {
        guard value.isText, let text = value.text(), !text.contains("{") else { return values.value(value, type: type) }
        guard let template = values.columnOrTemplate(value) else { return nil }
        if case .time = type {
            if values.layout.dateFormats.isEmpty {
                value.problem("needs dateFormats, here, in the file or in the document")
            }
            return ValueMapping(origin: .template(template), kind: .time(values.layout.dateFormats))
        }
        return ValueMapping(origin: .template(template), kind: .text)
    }

    private func members(_ value: DocumentValue, _ fields: [Field], _ values: ValueReader) -> [MemberMapping] {
        let required = fields.filter(\.isRequired).map(\.name)
        guard !fields.isEmpty else {
            value.problem("this kind of fact carries no data")
            return []
        }
        guard let group = value.group(allowed: fields.map(\.name), required: required) else { return [] }
        return fields.compactMap { field in
            guard let inner = group[field.name] else { return nil }
            return content(inner, field.type, values).map { MemberMapping(name: field.name, content: $0) }
        }
    }

    private func content(
        _ value: DocumentValue, _ type: FieldType, _ values: ValueReader
    ) -> MemberMapping.Content? {
        switch type {
        case .list(let fields): return .list(value.itemsOrOne().map { members($0, fields, values) })
        case .texts: return .texts(value.itemsOrOne().compactMap { values.value($0, type: .text) })
        default: return values.value(value, type: type).map { .value($0) }
        }
    }
}
