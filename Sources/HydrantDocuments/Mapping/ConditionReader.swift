private let testKeys = ["is", "equals", "in", "not", "above", "below"]

extension ValueReader {
    /// `status: canceled`, `status: [a, b]`, `paid_at: present`, `amount: {above: 0}`, and `all`, `any`, `none` of
    /// such. Several tests in one group must all hold.
    func condition(_ value: DocumentValue) -> Condition? {
        guard let members = value.members() else { return nil }
        if members.contains(where: { $0.name == "column" }) { return longForm(value) }
        var conditions: [Condition] = []
        for (name, _, inner) in members {
            switch name {
            case "all", "any", "none":
                let parts = (inner.items() ?? []).compactMap(condition)
                if parts.isEmpty { inner.problem("needs at least one condition in the list") }
                conditions.append(name == "all" ? .all(parts) : name == "any" ? .any(parts) : .none(parts))
            default:
                if let test = test(columns.slot(name), inner) { conditions.append(test) }
            }
        }
        if members.isEmpty { value.problem("needs at least one test like “status: shipped”") }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    /// `{column: status, equals: canceled}`: for columns that are named like a word of this language.
    private func longForm(_ value: DocumentValue) -> Condition? {
        guard let group = value.group(allowed: ["column"] + testKeys, required: ["column"]),
            let name = group["column"]?.name(maximum: 300)
        else { return nil }
        return tests(columns.slot(name), group, value)
    }

    private func test(_ slot: Int, _ value: DocumentValue) -> Condition? {
        if value.isList { return .isOneOf(slot, words(value)) }
        if value.isGroup {
            guard let group = value.group(allowed: testKeys) else { return nil }
            return tests(slot, group, value)
        }
        guard let text = value.text() else { return nil }
        switch text {
        case "present": return .isPresent(slot)
        case "empty": return .isEmpty(slot)
        default: return .isOneOf(slot, [text])
        }
    }

    private func tests(_ slot: Int, _ group: DocumentGroup, _ value: DocumentValue) -> Condition? {
        var conditions: [Condition] = []
        if let word = group["is"], let text = word.text() {
            switch text {
            case "present": conditions.append(.isPresent(slot))
            case "empty": conditions.append(.isEmpty(slot))
            default: word.problem(notAllowed("unknown test", text, allowed: ["present", "empty"]))
            }
        }
        if let equals = group["equals"] { conditions.append(.isOneOf(slot, words(equals))) }
        if let list = group["in"] { conditions.append(.isOneOf(slot, words(list))) }
        if let not = group["not"] { conditions.append(.isNoneOf(slot, words(not))) }
        if let above = group["above"].flatMap(limit) { conditions.append(.isAbove(slot, above)) }
        if let below = group["below"].flatMap(limit) { conditions.append(.isBelow(slot, below)) }
        if group.values.keys.allSatisfy({ $0 == "column" }) {
            value.problem("needs a test. Allowed: \(testKeys.joined(separator: ", "))")
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private func words(_ value: DocumentValue) -> Set<String> { Set(value.itemsOrOne().compactMap { $0.text() }) }

    private func limit(_ value: DocumentValue) -> DecimalLimit? {
        guard let text = value.text() else { return nil }
        if let number = DecimalText(text.utf8, separator: 0x2E)?.scaled(decimals: DecimalLimit.decimals) {
            return DecimalLimit(millionths: number)
        }
        value.problem("must be a number, is “\(text)”")
        return nil
    }
}
