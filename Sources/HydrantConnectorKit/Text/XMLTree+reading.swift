import FoundationXML

import struct Foundation.Data
import class Foundation.NSObject

/// Why bytes are not taken as XML.
package struct XMLProblem: Error, Equatable, Sendable {
    package var message: String

    package init(_ message: String) { self.message = message }
}

extension XMLTree {
    /// Limits against hostile documents.
    package struct Limits: Sendable {
        package var bytes: Int
        package var depth: Int
        package var elements: Int
        /// Of one tag; the parser compares every attribute of a tag with every other.
        package var tagBytes: Int

        package init(bytes: Int = 2_000_000, depth: Int = 32, elements: Int = 50_000, tagBytes: Int = 8_192) {
            self.bytes = bytes
            self.depth = depth
            self.elements = elements
            self.tagBytes = tagBytes
        }
    }

    /// Reads one document in UTF-8 or GBK. Document types, and with them entities of the sender's own, are refused
    /// unread; so are other encodings, in which they could hide.
    package init(bytes: [UInt8], limits: Limits = Limits()) throws(XMLProblem) {
        guard bytes.count <= limits.bytes else { throw XMLProblem("larger than \(limits.bytes) bytes") }
        try XMLScan(bytes).check(tagBytes: limits.tagBytes)
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        parser.shouldProcessNamespaces = false
        let builder = TreeBuilder(limits: limits)
        parser.delegate = builder
        let isWellFormed = parser.parse()
        if let problem = builder.problem { throw problem }
        guard isWellFormed, parser.parserError == nil, let root = builder.root else {
            throw XMLProblem("not well-formed XML")
        }
        self = root
    }
}

private final class TreeBuilder: NSObject, XMLParserDelegate {
    private let limits: XMLTree.Limits
    private var open: [XMLTree] = []
    private var elementsSeen = 0
    private(set) var root: XMLTree?
    private(set) var problem: XMLProblem?

    init(limits: XMLTree.Limits) { self.limits = limits }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elementsSeen += 1
        if open.count >= limits.depth { problem = XMLProblem("nested deeper than \(limits.depth) levels") }
        if root != nil { problem = XMLProblem("more than one root") }
        if elementsSeen > limits.elements { problem = XMLProblem("more than \(limits.elements) elements") }
        guard problem == nil else {
            parser.abortParsing()
            return
        }
        open.append(XMLTree(name))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard !open.isEmpty, let text = String(validating: block, as: UTF8.self) else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        refuseEntity(parser)
    }

    func parser(
        _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?, systemID: String?
    ) { refuseEntity(parser) }

    func parser(
        _ parser: XMLParser, foundUnparsedEntityDeclarationWithName name: String, publicID: String?, systemID: String?,
        notationName: String?
    ) { refuseEntity(parser) }

    private func refuseEntity(_ parser: XMLParser) {
        problem = XMLProblem("entities of the sender's own are not allowed")
        parser.abortParsing()
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard var element = open.popLast() else { return }
        element.text = trimmed(element.text)
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}

private func trimmed(_ text: String) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else {
        return ""
    }
    return String(text[first...last])
}
