/// Code 128 (ISO/IEC 15417) as widths of bars and gaps.
enum Code128 {
    /// Bars and gaps in modules, beginning with a bar; nil for signs outside of printable ASCII.
    static func widths(of text: String) -> [Int]? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 80, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        var values = symbols(of: bytes)
        let sum = values.enumerated().reduce(0) { $0 + $1.element * max(1, $1.offset) }
        values.append(sum % 103)
        values.append(106)
        return values.flatMap { patterns[$0].utf8.map { Int($0 - 0x30) } }
    }

    /// The digits at the end in pairs (set C) where there are four or more, everything before them in set B.
    private static func symbols(of bytes: [UInt8]) -> [Int] {
        let digits = bytes.reversed().prefix { (0x30...0x39).contains($0) }.count
        let paired = digits >= 4 ? digits - digits % 2 : 0
        var values = [paired == bytes.count ? 105 : 104]
        values += bytes.dropLast(paired).map { Int($0) - 0x20 }
        if paired > 0, paired < bytes.count { values.append(99) }
        let tail = Array(bytes.suffix(paired))
        for index in stride(from: 0, to: tail.count, by: 2) {
            values.append(Int(tail[index] - 0x30) * 10 + Int(tail[index + 1] - 0x30))
        }
        return values
    }

    private static let patterns = [
        "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
        "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
        "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
        "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
        "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
        "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
        "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
        "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
        "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
        "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
    ]
}
