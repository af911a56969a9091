/// The newest of several statements about one thing. Merging is commutative and idempotent: the statement with the
/// greatest evidence wins, whatever the order of arrival.
package struct Register<Value: Hashable & Sendable>: Hashable, Sendable {
    package private(set) var value: Value
    package private(set) var evidence: Evidence

    package init(_ value: Value, _ evidence: Evidence) {
        self.value = value
        self.evidence = evidence
    }

    mutating func merge(_ value: Value, _ evidence: Evidence) {
        guard self.evidence < evidence else { return }
        self.value = value
        self.evidence = evidence
    }
}

/// Named registers in order of their names.
package struct Ledger<Value: Hashable & Sendable>: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let id: String
        package fileprivate(set) var register: Register<Value>

        package var value: Value { register.value }
        package var evidence: Evidence { register.evidence }
    }

    package private(set) var entries: [Entry] = []

    package var values: [Value] { entries.map(\.value) }
    package var isEmpty: Bool { entries.isEmpty }

    package subscript(_ id: String) -> Value? { entry(id)?.value }

    package func entry(_ id: String) -> Entry? {
        let index = place(of: id)
        return index < entries.endIndex && entries[index].id == id ? entries[index] : nil
    }

    /// Where the entry stands, or would stand: they are in the order of their ids.
    private func place(of id: String) -> Int {
        var (low, high) = (entries.startIndex, entries.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func merge(_ id: String, _ value: Value, _ evidence: Evidence) {
        let index = place(of: id)
        if index < entries.endIndex, entries[index].id == id {
            entries[index].register.merge(value, evidence)
        } else {
            entries.insert(Entry(id: id, register: Register(value, evidence)), at: index)
        }
    }
}

extension Optional where Wrapped == Evidence {
    /// Keeps the earliest evidence: the first proof of something stays its proof.
    mutating func mergeEarliest(_ evidence: Evidence) {
        guard let current = self else {
            self = evidence
            return
        }
        #if HYDRANT_MUTANTS
            if Mutant.lastProofCounts.isOn, current < evidence { self = evidence }
        #endif
        if evidence < current { self = evidence }
    }

    /// Keeps the newest evidence, and tells whether that is this one.
    mutating func mergeNewest(_ evidence: Evidence) -> Bool {
        if let current = self, evidence < current { return false }
        self = evidence
        return true
    }
}
