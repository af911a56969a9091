/// Renders labels. The hub knows no drawing library: whoever starts it gives this.
package struct LabelPress: Sendable {
    /// The documents of the shipped templates by name.
    package var shipped: [String: String]
    package var render: @Sendable (LabelBag, LabelWish) throws -> [[UInt8]]
    package var read: @Sendable (GreyPicture) -> [String]
    package var check: @Sendable (String) -> [String]

    /// - Parameter render: one document for each sheet, of PDF one in all; receivers are masked by it, whatever the
    ///   template says.
    /// - Parameter read: the texts of the codes in a picture.
    /// - Parameter check: what is wrong with a template's document, each with its line; empty for a good one.
    package init(
        shipped: [String: String], render: @escaping @Sendable (LabelBag, LabelWish) throws -> [[UInt8]],
        read: @escaping @Sendable (GreyPicture) -> [String] = { _ in [] },
        check: @escaping @Sendable (String) -> [String] = { _ in [] }
    ) {
        self.shipped = shipped
        self.render = render
        self.read = read
        self.check = check
    }
}

/// A picture, one byte for each dot, row by row, 0 is black.
package struct GreyPicture: Hashable, Sendable {
    package let width: Int
    package let height: Int
    package let dots: [UInt8]

    package init(width: Int, height: Int, dots: [UInt8]) {
        precondition(dots.count == width * height, "\(dots.count) dots for \(width) × \(height)")
        self.width = width
        self.height = height
        self.dots = dots
    }
}

/// How a label is wanted.
package struct LabelWish: Hashable, Sendable {
    /// The template's document.
    package var template: String
    /// `pdf`, `png`, `zpl` or `tspl`.
    package var format: String
    package var dotsPerInch: Int
    /// The hub's address for the codes; empty: codes hold themselves alone.
    package var address: String

    package init(template: String, format: String, dotsPerInch: Int = 203, address: String = "") {
        self.template = template
        self.format = format
        self.dotsPerInch = dotsPerInch
        self.address = address
    }
}
