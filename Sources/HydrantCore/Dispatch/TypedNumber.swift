/// A tracking number that a person typed or scanned, checked against what couriers' numbers look like.
package struct TypedNumber: Hashable, Sendable {
    package var number: String
    /// The courier that it belongs to: the one that was named, or the only one that it fits; empty where no courier's
    /// form is known.
    package var courier: String

    /// - Parameters:
    ///   - text: as typed: blanks, full-width digits and small letters are put right.
    ///   - courier: the courier that the person named, or the parcel's own.
    /// - Throws: what is wrong with it and what to do.
    package init(_ text: String, courier: String, settings: DispatchSettings) throws(Refusal) {
        let number = TypedNumber.normalised(text)
        guard !number.isEmpty else {
            throw Refusal(
                code: "numberIsEmpty", text: Text(chinese: "还没有填写运单号", english: "No number was typed"),
                nextStep: Text(chinese: "请输入或扫描面单上的运单号", english: "Type or scan the number on the label"))
        }
        let bytes = Array(number.utf8)
        guard (8...30).contains(bytes.count), bytes.allSatisfy(TypedNumber.isAllowed) else {
            throw Refusal(
                code: "numberIsNone",
                text: Text(
                    chinese: "运单号由 8 到 30 位字母和数字组成，您输入了 \(bytes.count) 位",
                    english: "A tracking number has 8 to 30 letters and digits; this has \(number.count) signs"),
                nextStep: TypedNumber.lookAgain)
        }
        if bytes.count == 11, bytes[0] == 0x31, bytes.allSatisfy({ (0x30...0x39).contains($0) }),
            !settings.couriers.values.contains(where: { $0.admits(number) })
        {
            throw Refusal(
                code: "numberIsPhone",
                text: Text(chinese: "这像是手机号，不是运单号", english: "This looks like a telephone number"),
                nextStep: TypedNumber.lookAgain)
        }
        self.number = number
        self.courier = try TypedNumber.courier(of: number, named: courier, settings)
    }

    private static let lookAgain = Text(
        chinese: "请核对面单条码下方的号码后重新输入", english: "Look at the number below the label's bar code and type it again")

    /// The couriers whose numbers look like this one, in order of their names.
    package static func couriers(of number: String, _ settings: DispatchSettings) -> [String] {
        settings.couriers.filter { $0.value.admits(number) }.keys.sorted()
    }

    private static func courier(
        of number: String, named courier: String, _ settings: DispatchSettings
    ) throws(Refusal) -> String {
        let fitting = couriers(of: number, settings)
        guard let form = settings.couriers[courier] else { return fitting.count == 1 ? fitting[0] : courier }
        if form.admits(number) { return courier }
        let names = fitting.compactMap { settings.couriers[$0]?.name }.joined(separator: ", ")
        if !names.isEmpty {
            throw Refusal(
                code: "numberOfAnotherCourier",
                text: Text(
                    chinese: "这是 \(names) 的单号格式，而这个包裹由 \(form.name) 承运",
                    english: "This looks like a number of \(names), and the parcel goes with \(form.name)"),
                nextStep: Text(chinese: "如果换了快递，请先选择快递公司", english: "Choose the other courier if it was changed"))
        }
        let forms = form.patterns.map(\.words)
        if form.hasForm(number) {
            throw Refusal(
                code: "numberCheckDigit",
                text: Text(
                    chinese: "\(form.name) 单号的校验位不对", english: "The check digit of this \(form.name) number is wrong"),
                nextStep: lookAgain)
        }
        throw Refusal(
            code: "numberForm",
            text: Text(
                chinese: "不是 \(form.name) 的单号格式（应为 \(forms.map(\.chinese).joined(separator: "，或 "))），"
                    + "您输入了 \(number.utf8.count) 位",
                english: "\(form.name) numbers are \(forms.map(\.english).joined(separator: ", or ")); "
                    + "this has \(number.utf8.count) signs"),
            nextStep: lookAgain)
    }

    /// Capital letters, digits of the usual width, nothing between them.
    static func normalised(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            var value = scalar.value
            if (0xFF01...0xFF5E).contains(value) { value -= 0xFEE0 }
            if (0x61...0x7A).contains(value) { value -= 0x20 }
            switch value {
            case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x3000, 0x200B, 0xFEFF: continue
            default: if let scalar = Unicode.Scalar(value) { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x2D: true
        default: false
        }
    }
}
