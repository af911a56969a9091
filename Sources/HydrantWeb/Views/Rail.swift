package import HydrantCore
package import HydrantStorage

/// The signature of the product: seven steps, each proven, inferred, under way, late, held, stuck or ahead.
package struct Rail: Hashable, Sendable {
    package enum Shape: String, CaseIterable, Sendable {
        /// Proven by its own message.
        case filled
        /// Inferred from a later proof.
        case hollow
        case active
        case late
        case held
        case stuck
        case ahead
        /// The order ended before it.
        case off
    }

    package struct Step: Hashable, Sendable {
        package var number: Int
        package var shape: Shape
        package var at: Instant?
    }

    package var steps: [Step]

    /// Of an order with all its proof.
    ///
    /// - Parameter lastState: the last state that any system reports; after it nothing is waited for.
    package init(order: Order, verdict: Verdict?, isHeld: Bool, lastState: Int) {
        let next =
            order.state >= lastState
            ? .ahead : Self.next(verdict: verdict, isHeld: isHeld, completion: order.completion)
        steps = StateNumber.all.map { number in
            if number <= order.state {
                let stamp = order.stamps[number - 1]
                return Step(number: number, shape: stamp.isInferred ? .hollow : .filled, at: stamp.at)
            }
            return Step(number: number, shape: Self.ahead(number, order.state, next, order.completion), at: nil)
        }
    }

    /// Of a row of a list, which does not tell inferred from proven.
    package init(row: OrderRow, lastState: Int) {
        let next =
            row.state >= lastState
            ? .ahead : Self.next(verdict: row.verdict, isHeld: row.holds > 0, completion: row.completion)
        steps = StateNumber.all.map { number in
            let shape = number <= row.state ? .filled : Self.ahead(number, row.state, next, row.completion)
            return Step(number: number, shape: shape, at: nil)
        }
    }

    private static func next(verdict: Verdict?, isHeld: Bool, completion: Completion) -> Shape {
        if verdict == .wrong { return .stuck }
        if completion == .cancelled { return .off }
        if isHeld { return .held }
        return verdict == .late ? .late : .active
    }

    private static func ahead(_ number: Int, _ state: Int, _ next: Shape, _ completion: Completion) -> Shape {
        if number == state + 1 { return next }
        return completion == .cancelled ? .off : .ahead
    }
}

extension Rail {
    func bindings(mode: String, label: String, _ formats: Formats) -> Bindings {
        let words = formats.words
        return [
            "mode": mode, "label": label,
            "steps": steps.map { step -> Bindings in
                let name = words(stateNames[step.number].text)
                let word = words("step_\(step.shape.rawValue)")
                return [
                    "shape": step.shape.rawValue, "name": name, "word": word, "at": formats.binding(step.at),
                    "glyph": step.shape == .stuck ? "!" : String(step.number),
                    "isCurrent": step.shape != .filled && step.shape != .hollow && step.shape != .ahead
                        && step.shape != .off,
                    "hint": words("step_hint", ["number": String(step.number), "name": name, "word": word]),
                ]
            },
        ]
    }

    func miniature(state: Int, _ words: Words) -> Bindings {
        let name = words(stateNames[state].text)
        return [
            "label": state == StateNumber.placed
                ? words("mini_label_placed", ["name": name])
                : words("mini_label", ["number": String(state), "name": name]),
            "dots": steps.map { step -> Bindings in ["shape": step.shape.rawValue] },
        ]
    }
}

extension Verdict {
    /// For `{{>badge}}`.
    func badge(_ words: Words) -> Bindings { ["verdict": rawValue, "word": words("verdict_\(rawValue)")] }
}

/// The state of an order in words: "第 4 步 · 打包完成".
func stateText(_ state: Int, _ words: Words) -> String {
    let name = words(stateNames[state].text)
    if state == StateNumber.placed { return words("state_word_placed", ["name": name]) }
    return words("state_word", ["number": String(state), "name": name])
}

/// The part of a key that stands for a storage name: `parcel.handed-over` gives `parcel_handed_over`.
func keyPart(_ name: String) -> String {
    String(name.map { $0 == "." || $0 == "-" ? "_" : $0 })
}
