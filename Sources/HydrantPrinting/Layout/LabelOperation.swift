package import HydrantCore

/// One thing to draw. Lengths are millimetres from the upper left corner of the sheet.
package enum LabelOperation: Hashable, Sendable {
    case text(LabelRun)
    case box(LabelFrame, thickness: Double)
    case qr(LabelFrame, String)
    case barcode(LabelFrame, String)
    /// Seven dots, so many of them filled.
    case rail(LabelFrame, state: Int)
}

/// A text in its place.
package struct LabelRun: Hashable, Sendable {
    package var frame: LabelFrame
    package var text: String
    package var points: Double
    package var isBold: Bool
    package var alignment: LabelText.Alignment
    package var lines: Int
}

/// One printed sheet.
package struct LabelSheet: Hashable, Sendable {
    package var paper: LabelPaper
    package var operations: [LabelOperation]

    /// The codes on the sheet, in the order in which they are drawn.
    package var codes: [String] {
        operations.compactMap { operation in
            switch operation {
            case .qr(_, let text), .barcode(_, let text): text
            case .text, .box, .rail: nil
            }
        }
    }
}

/// What a label needs to know beside the bag.
package struct LabelPlace: Hashable, Sendable {
    /// The address of the hub, `https://hub.example`; empty where codes hold themselves alone.
    package var address: String
    /// Seconds east of UTC, for the times on paper.
    package var zoneSeconds: Int64

    package init(address: String = "", zoneSeconds: Int64 = 28_800) {
        self.address = address
        self.zoneSeconds = zoneSeconds
    }

    func link(_ code: String) -> String {
        guard !address.isEmpty else { return code }
        return (address.hasSuffix("/") ? address : address + "/") + "b/" + code
    }
}
