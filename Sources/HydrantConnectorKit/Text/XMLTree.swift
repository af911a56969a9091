/// An XML document as a plain tree: names, texts and children. Attributes and name spaces are read over, because the
/// protocols here use none; every unknown element is kept.
package struct XMLTree: Hashable, Sendable {
    package var name: String
    /// The text directly inside, without blanks at its ends.
    package var text: String
    package var children: [XMLTree]

    package init(_ name: String, _ text: String = "", children: [XMLTree] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    package init(_ name: String, _ children: [XMLTree]) { self.init(name, children: children) }

    /// The first child with the name.
    package subscript(_ name: String) -> XMLTree? { children.first { $0.name == name } }

    /// The text of the first child with the name; nil when it is missing or empty.
    package func text(_ name: String) -> String? {
        guard let text = self[name]?.text, !text.isEmpty else { return nil }
        return text
    }

    package func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// The first element of that name at any depth, this one included.
    package func first(_ name: String) -> XMLTree? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }

    /// Every element that has a child of that name, at any depth, from the outside in.
    package func elements(containing child: String) -> [XMLTree] {
        if self[child] != nil { return [self] }
        return children.flatMap { $0.elements(containing: child) }
    }
}

// MARK: - Writing

extension XMLTree {
    /// UTF-8 with a declaration and without white space between elements.
    package var bytes: [UInt8] {
        var out = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?>".utf8)
        write(to: &out)
        return out
    }

    private func write(to out: inout [UInt8]) {
        out.append(0x3C)
        out.append(contentsOf: name.utf8)
        guard !text.isEmpty || !children.isEmpty else {
            out.append(contentsOf: "/>".utf8)
            return
        }
        out.append(0x3E)
        XMLTree.escape(text, to: &out)
        for child in children { child.write(to: &out) }
        out.append(contentsOf: "</".utf8)
        out.append(contentsOf: name.utf8)
        out.append(0x3E)
    }

    /// Control characters that XML 1.0 cannot carry are left out.
    private static func escape(_ text: String, to out: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case 0x26: out.append(contentsOf: "&amp;".utf8)
            case 0x3C: out.append(contentsOf: "&lt;".utf8)
            case 0x3E: out.append(contentsOf: "&gt;".utf8)
            case 0x22: out.append(contentsOf: "&quot;".utf8)
            case 0x27: out.append(contentsOf: "&apos;".utf8)
            case 0x0D: out.append(contentsOf: "&#13;".utf8)
            case 0x09, 0x0A: out.append(byte)
            case 0x00..<0x20: break
            default: out.append(byte)
            }
        }
    }
}
