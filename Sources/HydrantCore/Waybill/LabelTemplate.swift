/// How a printed sheet looks. Lengths are millimetres from the upper left corner, sizes of letters are points.
package struct LabelTemplate: Hashable, Sendable {
    package var name: String
    package var version: String
    package var title: Text
    package var paper: LabelPaper
    package var sheet: Sheet
    package var elements: [LabelElement]

    /// What one sheet is about.
    package enum Sheet: String, Sendable, CaseIterable {
        /// One sheet, or as many as its orders need, for each bag.
        case bag
        /// One sheet for each order of a bag.
        case order
    }

    package init(
        name: String, version: String, title: Text, paper: LabelPaper, sheet: Sheet, elements: [LabelElement]
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.paper = paper
        self.sheet = sheet
        self.elements = elements
    }
}

/// The papers of label printers and offices.
package enum LabelPaper: String, Sendable, CaseIterable {
    case small = "76x130"
    case standard = "100x150"
    case long = "100x180"
    case a4 = "A4"

    /// Millimetres.
    package var width: Double {
        switch self {
        case .small: 76
        case .standard, .long: 100
        case .a4: 210
        }
    }

    /// Millimetres.
    package var height: Double {
        switch self {
        case .small: 130
        case .standard: 150
        case .long: 180
        case .a4: 297
        }
    }
}

/// Where something stands, in millimetres.
package struct LabelFrame: Hashable, Sendable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package func moved(x: Double, y: Double) -> LabelFrame {
        LabelFrame(x: self.x + x, y: self.y + y, width: width, height: height)
    }
}

/// One thing on a sheet, and when it is there.
package struct LabelElement: Hashable, Sendable {
    package var kind: Kind
    package var condition: LabelCondition?

    package enum Kind: Hashable, Sendable {
        case text(LabelText)
        /// A box with lines of that thickness; a box without height or width is a line.
        case box(LabelFrame, thickness: Double)
        case qr(LabelFrame, LabelCode)
        case barcode(LabelFrame, LabelCode)
        /// The seven states as dots.
        case rail(LabelFrame)
        case each(LabelTable)
    }

    package init(_ kind: Kind, when condition: LabelCondition? = nil) {
        self.kind = kind
        self.condition = condition
    }
}

/// A text with fields in it.
package struct LabelText: Hashable, Sendable {
    package var frame: LabelFrame
    package var parts: [Part]
    package var points = 8.0
    package var isBold = false
    package var alignment = Alignment.left
    /// A text that is too long is wrapped into so many lines, then set smaller, then cut.
    package var lines = 1

    package enum Part: Hashable, Sendable {
        case literal(String)
        case field(LabelField)
    }

    package enum Alignment: String, Sendable, CaseIterable {
        case left
        case center
        case right
    }

    package init(frame: LabelFrame, parts: [Part]) {
        self.frame = frame
        self.parts = parts
    }
}

/// What a code holds. None of them can hold personal data.
package enum LabelCode: String, Sendable, CaseIterable {
    /// Opens the bag after signing in.
    case bag
    /// Opens the order and its bag after signing in.
    case order
    /// The waybill's number, for the courier's scanner.
    case tracking
    /// The parcel's number, for the warehouse's scanner.
    case parcel
    /// The goods' number.
    case sku

    /// What must stand around it.
    package var scope: LabelScope {
        switch self {
        case .bag: .sheet
        case .order, .tracking, .parcel: .order
        case .sku: .item
        }
    }
}

/// Elements that are repeated, row by row.
package struct LabelTable: Hashable, Sendable {
    package var over: Rows
    package var x: Double
    package var y: Double
    package var cellWidth: Double
    package var cellHeight: Double
    package var columns: Int
    package var rows: Int
    package var elements: [LabelElement]

    package enum Rows: String, Sendable, CaseIterable {
        case orders
        /// The lines of one order.
        case items
        /// The goods of all orders of the bag, each once.
        case goods
    }

    package var capacity: Int { columns * rows }

    package init(over: Rows, x: Double, y: Double, cellWidth: Double, cellHeight: Double) {
        self.over = over
        self.x = x
        self.y = y
        self.cellWidth = cellWidth
        self.cellHeight = cellHeight
        columns = 1
        rows = 1
        elements = []
    }
}

/// Whether an element is there.
package struct LabelCondition: Hashable, Sendable {
    package var field: LabelField
    package var test: Test

    package enum Test: Hashable, Sendable {
        case present
        case absent
        case equals(String)
    }

    package init(field: LabelField, test: Test) {
        self.field = field
        self.test = test
    }
}

/// What stands around an element; each includes the ones before it.
package enum LabelScope: Int, Sendable, Comparable {
    case sheet
    case order
    case item

    package static func < (left: LabelScope, right: LabelScope) -> Bool { left.rawValue < right.rawValue }
}

/// Everything that a template can print. Customers are masked before they are a field's value.
package enum LabelField: String, Sendable, CaseIterable {
    case bagCode = "bag.code"
    case bagWarehouse = "bag.warehouse"
    case bagCourier = "bag.courier"
    case bagRider = "bag.rider"
    case bagLine = "bag.line"
    case bagArea = "bag.area"
    case bagDeparts = "bag.departs"
    case bagCount = "bag.count"
    case bagWeight = "bag.weight"
    case bagUnits = "bag.units"
    case page = "sheet.page"
    case pages = "sheet.pages"
    case orderNumber = "order.number"
    case orderShop = "order.shop"
    case orderParcel = "order.parcel"
    case orderTracking = "order.tracking"
    case orderCode = "order.code"
    case orderPlace = "order.place"
    case orderUnits = "order.units"
    case orderGifts = "order.gifts"
    case orderGoods = "order.goods"
    case orderNotice = "order.notice"
    case receiverName = "order.receiver.name"
    case receiverPhone = "order.receiver.phone"
    case receiverArea = "order.receiver.area"
    case receiverAddress = "order.receiver.address"
    case senderName = "order.sender.name"
    case senderPhone = "order.sender.phone"
    case senderAddress = "order.sender.address"
    case itemSKU = "item.sku"
    case itemName = "item.name"
    case itemUnits = "item.units"
    case itemGift = "item.gift"
    case itemLocation = "item.location"
    case itemOrders = "item.orders"

    package var scope: LabelScope {
        if rawValue.hasPrefix("item.") { return .item }
        return rawValue.hasPrefix("order.") ? .order : .sheet
    }
}
