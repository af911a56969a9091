import Foundation

/// Names of outside companies and products stand only in the connectors' own folders, in the sandbox that plays them,
/// and in documents, templates and tests. Everything else knows interfaces.
enum VendorRules {
    /// Each word and the folders below HydrantConnectors where it belongs. Words are compared in small letters.
    static let homes: [String: [String]] = [
        "qimen": ["Warehouses/Qimen"],
        "taobao": ["Marketplaces/Taobao", "Warehouses/Qimen"],
        "tmall": ["Marketplaces/Taobao"],
        "shunfeng": ["Couriers/SF", "Aggregators"],
        "sf express": ["Couriers/SF"],
        "sfexpress": ["Couriers/SF"],
        "zto": ["Couriers/ZTO", "Aggregators"],
        "yto": ["Couriers/YTO", "Aggregators"],
        "sto": ["Couriers/STO", "Aggregators"],
        "yunda": ["Couriers/Yunda", "Aggregators"],
        "cainiao": ["Aggregators/Cainiao", "Warehouses/Qimen"],
        "kuaidi100": ["Aggregators/Kuaidi100"],
        "kdniao": ["Aggregators/KDNiao"],
        "aliyun": ["Messaging/Aliyun"],
        "tencent": ["Messaging/Tencent"],
        "asterisk": ["Telephony/Asterisk"],
        "twilio": ["Telephony/Twilio"],
        "pinduoduo": ["Marketplaces/Pinduoduo"],
        "douyin": ["Marketplaces/Douyin"],
        "jingdong": ["Couriers/JD", "Marketplaces/JD"],
        "kingdee": ["Finance/Kingdee"],
        "yonyou": ["Finance/Yonyou"],
    ]

    /// Targets that may name any vendor: they play the outside world or set up tests.
    private static let everywhere: Set<String> = ["HydrantSandbox", "HydrantTesting"]
    /// What people read vendors' names from: words, and nothing that works differently for one of them.
    private static let names = "Sources/HydrantCore/Values/Text+system.swift"
    private static let connectors = "Sources/HydrantConnectors/"

    static func strayVendors(_ file: SourceFile) -> [String] {
        guard file.isSource, let target = file.target, !everywhere.contains(target) else { return [] }
        guard file.path != names else { return [] }
        // The catalogue that lists the connectors has to name them; it lies beside their folders.
        if file.path.hasPrefix(connectors), file.components.count == 3 { return [] }
        let text = file.lines.joined(separator: "\n").lowercased()
        guard homes.keys.contains(where: { text.range(of: $0) != nil }) else {
            return []
        }
        var found: [String] = []
        for (index, line) in file.code.enumerated() {
            found += vendors(in: line, of: file).map { file.violation(index + 1, "names \($0) outside its folder") }
        }
        for literal in file.literals {
            found += vendors(in: literal.text, of: file).map {
                file.violation(literal.line, "names \($0) outside its folder")
            }
        }
        return found
    }

    private static func vendors(in text: String, of file: SourceFile) -> [String] {
        guard !text.isEmpty else { return [] }
        let words = " " + spaced(text) + " "
        return homes.keys.sorted().filter { word in
            words.contains(" " + word + " ")
                && !(homes[word] ?? []).contains { file.path.hasPrefix(connectors + $0 + "/") }
        }
    }

    /// Small letters, with a space at every sign and at every change to a capital: "createZTOOrder" becomes
    /// "create zto order".
    static func spaced(_ text: String) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            guard SourceFile.isWord(byte), byte != UInt8(ascii: "_") else {
                if out.last != UInt8(ascii: " ") { out.append(UInt8(ascii: " ")) }
                continue
            }
            let before = index > 0 ? bytes[index - 1] : 0
            let after = index + 1 < bytes.count ? bytes[index + 1] : 0
            let begins = isCapital(byte) && (isSmall(before) || isCapital(before) && isSmall(after))
            if begins, out.last != UInt8(ascii: " ") { out.append(UInt8(ascii: " ")) }
            out.append(isCapital(byte) ? byte + 32 : byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    private static func isSmall(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
