extension Text {
    /// What a system or a courier is called where people read of it. The name that the settings document gives a
    /// courier comes first, then the ones known here; of what is called otherwise, short names are abbreviations.
    ///
    /// - Parameter couriers: those of the settings document, by their names in the chains.
    package static func system(_ id: String, _ couriers: [String: CourierNumbers] = [:]) -> Text {
        let small = id.asciiLowercased
        let own = couriers[id] ?? couriers.filter { $0.key.asciiLowercased == small }.min { $0.key < $1.key }?.value
        // A courier without a name of its own has its key for one.
        if let name = own?.name, name.asciiLowercased != small { return Text(chinese: name, english: name) }
        if let known = systems[small] { return known }
        let isShort = id.utf8.count <= 3 && id.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        let name = isShort ? id.uppercased() : id
        return Text(chinese: name, english: name)
    }

    /// Several in one sentence.
    package static func systems(_ ids: [String], _ couriers: [String: CourierNumbers] = [:]) -> Text {
        let names = ids.map { system($0, couriers) }
        return Text(
            chinese: names.map(\.chinese).joined(separator: "、"),
            english: names.map(\.english).joined(separator: " or "))
    }

    private static let systems: [String: Text] = [
        "sf": Text(chinese: "顺丰", english: "SF"), "zto": Text(chinese: "中通", english: "ZTO"),
        "yto": Text(chinese: "圆通", english: "YTO"), "sto": Text(chinese: "申通", english: "STO"),
        "yunda": Text(chinese: "韵达", english: "Yunda"), "jd": Text(chinese: "京东", english: "JD"),
        "jt": Text(chinese: "极兔", english: "J&T"), "deppon": Text(chinese: "德邦", english: "Deppon"),
        "kuaidi100": Text(chinese: "快递100", english: "Kuaidi100"),
        "kdniao": Text(chinese: "快递鸟", english: "KDNiao"), "cainiao": Text(chinese: "菜鸟", english: "Cainiao"),
        "qimen": Text(chinese: "奇门", english: "Qimen"),
        "finance": Text(chinese: "财务系统", english: "Finance"),
        "generic-finance": Text(chinese: "财务系统", english: "Finance"),
        "generic-crm": Text(chinese: "CRM", english: "CRM"),
        "generic-shop": Text(chinese: "店铺", english: "Shop"),
        "asterisk-ari": Text(chinese: "电话（Asterisk）", english: "Asterisk telephone"),
        "twilio": Text(chinese: "电话（Twilio）", english: "Twilio telephone"),
        "aliyun-sms": Text(chinese: "阿里云短信", english: "Aliyun SMS"),
        "tencent-sms": Text(chinese: "腾讯云短信", english: "Tencent SMS"),
        "hydrant": Text(chinese: "Hydrant", english: "Hydrant"),
    ]
}

extension String {
    fileprivate var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
