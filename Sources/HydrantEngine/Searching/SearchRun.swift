import HydrantCore
import HydrantStorage

extension Hub {
    /// Orders found by what somebody typed: any of their numbers, whole or from its end, with one slip of a finger; a
    /// telephone number or its last four digits; a name, a SKU, a customer; or several of these, all of which have to
    /// meet.
    ///
    /// - Throws: `StoreFailure`.
    package func search(_ text: String, limit: Int, scope: SearchScope) async throws -> SearchResult {
        let query = SearchQuery(text, scope)
        let now = clock.now()
        guard !query.isEmpty else { return SearchResult(asOf: now) }
        let keyring = indexer.keyring
        return try await store.read { reader in
            var run = SearchRun(reader: reader, keyring: keyring, scope: scope, limit: limit)
            return SearchResult(hits: try run.hits(query), hasMore: run.hasMore, asOf: now)
        }
    }
}

/// One search on one snapshot.
struct SearchRun {
    let reader: any StoreReader
    let keyring: Keyring
    let scope: SearchScope
    let limit: Int
    private(set) var hasMore = false
    private var orders: [Int64: Order] = [:]
    private var rows: [Int64: OrderRow] = [:]

    /// The most orders of one hash that are looked at.
    private static let hitMaximum = 400
    /// The most orders that are read for words that are in no index.
    private static let readMaximum = 120

    init(reader: any StoreReader, keyring: Keyring, scope: SearchScope, limit: Int) {
        self.reader = reader
        self.keyring = keyring
        self.scope = scope
        self.limit = limit
    }

    mutating func hits(_ query: SearchQuery) throws -> [SearchedHit] {
        if query.words.count == 1 { return try finish(try single(query.words[0])) }
        let whole = try query.alternative.map { try single($0) } ?? []
        return try finish(whole.isEmpty ? try combined(query.words) : whole)
    }

    /// Best manner first, then the newest order.
    private mutating func finish(_ found: [SearchedHit]) throws -> [SearchedHit] {
        var seen: Set<Int64> = []
        var sorted = found.filter { seen.insert($0.row.id).inserted }
        sorted.sort { left, right in
            let (a, b) = (left.matches.map(\.manner).max() ?? .similar, right.matches.map(\.manner).max() ?? .similar)
            return a != b ? a < b : left.row.id > right.row.id
        }
        if scope.warehouses != nil {
            let scope = scope
            sorted = try sorted.prefix(Self.readMaximum).filter { try order($0.row).map(scope.sees) ?? false }
        }
        if sorted.count > limit { hasMore = true }
        return Array(sorted.prefix(limit))
    }

    // MARK: One word

    private mutating func single(_ word: SearchQuery.Word) throws -> [SearchedHit] {
        var found: [SearchedHit] = []
        // Also before the index knows it.
        if let row = try reader.orderRow(word.text) { found.append(hit(row, SearchMatch(.number, .whole, row.number))) }
        found += try indexed(word.terms, word)
        if word.compact.count >= 3, found.count < limit {
            let filter = OrderFilter(numberPrefix: word.text)
            for row in try reader.orderRows(filter, after: 0, limit: limit + 1) {
                found.append(hit(row, SearchMatch(.number, .beginning, row.number)))
            }
        }
        let isTypo = found.isEmpty && word.compact.count >= SearchTerm.longLength - 1
        return isTypo ? try similar(word) : found
    }

    private mutating func indexed(_ terms: [SearchTerm], _ word: SearchQuery.Word) throws -> [SearchedHit] {
        let lists = try reader.searchHits(terms.map(keyring.searchHash), limit: Self.hitMaximum)
        var found: [SearchedHit] = []
        for (term, ids) in zip(terms, lists) {
            if ids.count == Self.hitMaximum { hasMore = true }
            // A number needs a look at the number itself; everything else is proven by its hash.
            let isNumber = term.kind == .longEnding || term.kind == .shortEnding
            let ids = Array(isNumber ? ids.prefix(Self.readMaximum) : ids.prefix(limit + 1))
            for row in try fetch(ids) {
                if isNumber {
                    guard let match = try numberMatch(row, word, allowsSlip: false) else { continue }
                    found.append(hit(row, match))
                } else {
                    found.append(hit(row, SearchMatch(term, word)))
                }
            }
        }
        return found
    }

    /// Numbers that are one slip away.
    private mutating func similar(_ word: SearchQuery.Word) throws -> [SearchedHit] {
        let endings = NumberNeighbours.endings(of: word.compact).sorted().map { SearchTerm(.longEnding, $0) }
        let terms = SearchTerm.number(word.text).filter { $0.kind == .longEnding } + endings
        let ids = try reader.searchHits(terms.map(keyring.searchHash), limit: 20).joined()
        return try fetch(Array(Set(ids)).sorted(by: >).prefix(Self.readMaximum).map(\.self)).compactMap { row in
            try numberMatch(row, word, allowsSlip: true).map { hit(row, $0) }
        }
    }

    /// Which of the order's numbers the word meets.
    private mutating func numberMatch(
        _ row: OrderRow, _ word: SearchQuery.Word, allowsSlip: Bool
    ) throws -> SearchMatch? {
        func manner(_ number: String) -> SearchMatch.Manner? { word.manner(of: number, allowsSlip: allowsSlip) }
        if let manner = manner(row.number) { return SearchMatch(.number, manner, row.number) }
        for waybill in try reader.waybills(of: row.number) {
            if let manner = manner(waybill.number) { return SearchMatch(.tracking, manner, waybill.number) }
        }
        for number in try order(row)?.outsideNumbers ?? [] {
            if let manner = manner(number) { return SearchMatch(.document, manner, number) }
        }
        return nil
    }

    // MARK: Several words

    /// Orders that meet every word. The word that finds the fewest orders gives the candidates; the others are looked
    /// up among them, and what is in no index is looked for in the orders themselves.
    private mutating func combined(_ words: [SearchQuery.Word]) throws -> [SearchedHit] {
        let hashes = words.map { $0.terms.map(keyring.searchHash) }
        let lists = try hashes.map { try reader.searchHits($0, limit: Self.hitMaximum) }
        let sizes = lists.map { list in list.reduce(0) { $0 + $1.count } }
        guard let base = words.indices.filter({ sizes[$0] > 0 }).min(by: { sizes[$0] < sizes[$1] }) else { return [] }
        let isCut = lists[base].contains { $0.count == Self.hitMaximum }
        if isCut { hasMore = true }
        let candidates = Array(Set(lists[base].joined())).sorted(by: >)
        // By word, which of its hashes finds which candidate.
        var found: [[Int64: Set<Int64>]] = []
        for (index, list) in lists.enumerated() {
            var byOrder: [Int64: Set<Int64>] = [:]
            let isWhole = list.allSatisfy { $0.count < Self.hitMaximum }
            let hits =
                index == base || isWhole
                ? zip(hashes[index], list).flatMap { hash, ids in ids.map { SearchHit(hash: hash, order: $0) } }
                : try reader.searchHits(hashes[index], among: candidates)
            for hit in hits { byOrder[hit.order, default: []].insert(hit.hash) }
            found.append(byOrder)
        }
        var hits: [SearchedHit] = []
        var read = 0
        for row in try fetch(candidates) {
            guard hits.count <= limit else { break }
            // Orders that only the text itself can tell are read, as far as there are not too many.
            if words.indices.contains(where: { found[$0][row.id] == nil }) { read += 1 }
            guard read <= Self.readMaximum else { hasMore = true; break }
            var matches: [SearchMatch] = []
            for (index, word) in words.enumerated() {
                let known = found[index][row.id] ?? []
                let terms = zip(word.terms, hashes[index]).filter { known.contains($0.1) }.map(\.0)
                guard let match = try match(word, row, terms) else { break }
                matches.append(match)
            }
            if matches.count == words.count { hits.append(SearchedHit(row: row, matches: matches)) }
        }
        return hits
    }

    private mutating func match(
        _ word: SearchQuery.Word, _ row: OrderRow, _ terms: [SearchTerm]
    ) throws -> SearchMatch? {
        if let term = terms.first(where: { $0.kind != .longEnding && $0.kind != .shortEnding }) {
            return SearchMatch(term, word)
        }
        if !terms.isEmpty, let match = try numberMatch(row, word, allowsSlip: false) { return match }
        guard word.compact.count >= 2 || word.text.unicodeScalars.contains(where: { $0.value > 0x7F }) else {
            return nil
        }
        let text = SearchTerm.text(word.compact)
        if SearchTerm.text(SearchTerm.compact(row.number)).contains(text) {
            return SearchMatch(.number, .part, row.number)
        }
        guard let order = try order(row) else { return nil }
        for line in order.lines.values {
            if SearchTerm.text(SearchTerm.compact(line.sku)).contains(text) {
                return SearchMatch(.sku, .part, line.sku)
            }
            if SearchTerm.text(SearchTerm.compact(line.name)).contains(text) {
                return SearchMatch(.product, .part, line.name)
            }
        }
        return nil
    }

    // MARK: Rows

    private func hit(_ row: OrderRow, _ match: SearchMatch) -> SearchedHit { SearchedHit(row: row, matches: [match]) }

    private mutating func fetch(_ ids: [Int64]) throws -> [OrderRow] {
        let missing = ids.filter { rows[$0] == nil }
        for row in try reader.orderRows(ids: missing) { rows[row.id] = row }
        return ids.compactMap { rows[$0] }
    }

    private mutating func order(_ row: OrderRow) throws -> Order? {
        if let order = orders[row.id] { return order }
        let order = try reader.undamagedOrder(row.number)
        orders[row.id] = order
        return order
    }
}

extension SearchMatch {
    /// A term that is proven by its hash.
    fileprivate init(_ term: SearchTerm, _ word: SearchQuery.Word) {
        switch term.kind {
        case .phone: self.init(.phone, .whole)
        case .phoneTail: self.init(.phoneTail, .whole)
        case .name: self.init(.name, .whole)
        case .customer: self.init(.customer, .whole)
        case .sku, .longEnding, .shortEnding, .warehouse, .form: self.init(.sku, .whole, word.text)
        }
    }
}

extension SearchQuery.Word {
    /// How the word meets a number; nil when it does not.
    fileprivate func manner(of number: String, allowsSlip: Bool) -> SearchMatch.Manner? {
        let other = SearchTerm.compact(number)
        if other == compact { return .whole }
        if compact.count >= SearchTerm.shortLength, other.count > compact.count,
            other.suffix(compact.count).elementsEqual(compact)
        {
            return .ending
        }
        guard allowsSlip, compact.count >= SearchTerm.longLength - 1 else { return nil }
        if NumberNeighbours.areNear(other, compact) { return .similar }
        let isEnding =
            compact.count >= SearchTerm.longLength
            && (-1...1).contains { difference in
                let length = compact.count + difference
                return length < other.count && NumberNeighbours.areNear(Array(other.suffix(length)), compact)
            }
        return isEnding ? .similar : nil
    }
}
