/// Names as a tree of characters in one open-addressed table, so that a place of a line is looked up without copying.
struct NameTrie: Sendable {
    /// One name that ends at a node.
    struct Entry: Sendable {
        var place: Int32
        var form: DivisionForm
        var next: Int32
    }

    private var keys: [UInt64] = [UInt64](repeating: 0, count: 1 << 12)
    private var values: [Int32] = [Int32](repeating: 0, count: 1 << 12)
    private var used = 0
    private var nodeCount: Int32 = 1
    /// The first entry of each node, -1 for none.
    private var heads: [Int32] = [-1]
    private(set) var entries: [Entry] = []

    mutating func insert(_ name: [UInt32], place: Int32, form: DivisionForm) {
        guard !name.isEmpty else { return }
        var node: Int32 = 0
        for scalar in name {
            let key = Self.key(node, scalar)
            let slot = self.slot(of: key)
            if keys[slot] == key {
                node = values[slot]
            } else {
                let child = nodeCount
                nodeCount += 1
                heads.append(-1)
                keys[slot] = key
                values[slot] = child
                used += 1
                if used * 2 > keys.count { grow() }
                node = child
            }
        }
        entries.append(Entry(place: place, form: form, next: heads[Int(node)]))
        heads[Int(node)] = Int32(entries.count - 1)
    }

    /// Calls with the length of each name that begins at an index and with its first entry.
    func walk(_ text: [UInt32], from begin: Int, _ found: (_ length: Int, _ head: Int32) -> Void) {
        var node: Int32 = 0
        var index = begin
        while index < text.count {
            let key = Self.key(node, text[index])
            let slot = self.slot(of: key)
            guard keys[slot] == key else { return }
            node = values[slot]
            index += 1
            let head = heads[Int(node)]
            if head >= 0 { found(index - begin, head) }
        }
    }

    /// A key is never 0, because a scalar that is 0 does not occur in a name.
    private static func key(_ node: Int32, _ scalar: UInt32) -> UInt64 { UInt64(node) << 24 | UInt64(scalar) }

    private func slot(of key: UInt64) -> Int {
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & (keys.count - 1)
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    private mutating func grow() {
        let oldKeys = keys
        let oldValues = values
        keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
        values = [Int32](repeating: 0, count: oldKeys.count * 2)
        for (index, key) in oldKeys.enumerated() where key != 0 {
            let slot = self.slot(of: key)
            keys[slot] = key
            values[slot] = oldValues[index]
        }
    }
}
