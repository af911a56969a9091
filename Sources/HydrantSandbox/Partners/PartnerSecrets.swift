package import HydrantConnectorKit

/// What the hub and the played partners must know of each other. Made from the seed, because nothing here guards
/// anything real.
package struct PartnerSecrets: Sendable {
    package var cainiaoSecret: String
    package var cainiaoToken: String
    package var kuaidi100Key = "sandboxKey01"
    package var kuaidi100Secret: String
    package var kuaidi100Customer = "SANDBOXCUSTOMER01"
    package var kuaidi100PushSecret: String
    package var kdniaoID = "1237100"
    package var kdniaoKey: String
    package var aliyunKeyID = "SANDBOXKEYID"
    package var aliyunKeySecret: String
    package var aliyunReceiptToken: String
    package var tencentSecretID = "SANDBOXSECRETID"
    package var tencentSecretKey: String
    package var tencentReceiptToken: String
    package var asteriskUser = "hydrant"
    package var asteriskPassword: String
    package var twilioAccount = "ACsandbox"
    package var twilioToken: String

    init(seed: UInt64) {
        func made(_ name: String) -> String {
            hexadecimalText(HashAlgorithm.sha256.digest(Array("\(seed) partner \(name)".utf8)).prefix(16))
        }
        cainiaoSecret = made("cainiao")
        cainiaoToken = made("cainiao token")
        kuaidi100Secret = made("kuaidi100")
        kuaidi100PushSecret = made("kuaidi100 push")
        kdniaoKey = made("kdniao")
        aliyunKeySecret = made("aliyun")
        aliyunReceiptToken = made("aliyun receipt")
        tencentSecretKey = made("tencent")
        tencentReceiptToken = made("tencent receipt")
        asteriskPassword = made("asterisk")
        twilioToken = made("twilio")
    }
}

extension PartnerSandbox {
    /// The hub's settings that fit these partners when they listen; each system is named like its kind.
    package var connectorSettings: [ConnectorSettings] {
        let sender = [
            "senderName": "沧源滤清器仓", "senderPhone": "13800000000", "senderProvince": "河北省", "senderCity": "廊坊市",
            "senderDistrict": "广阳区", "senderAddress": "物流园 1 号", "courier": "ZTO",
        ]
        let texts = [
            "signName": "沧源滤清器", "shippedTemplate": "SMS_100001", "outForDeliveryTemplate": "SMS_100002",
            "signedTemplate": "SMS_100003", "warrantyTemplate": "SMS_100004", "keeperTemplate": "SMS_100005",
        ]
        let hubURL = hub.isEmpty ? [:] : ["hubUrl": hub]
        return [
            settings(
                .cainiao, "/gateway/link.do", ["appSecret": secrets.cainiaoSecret, "token": secrets.cainiaoToken],
                sender.merging(["appCode": "sandbox", "pushes": hub.isEmpty ? "false" : "true"]) { $1 }),
            settings(
                .kuaidi100, "",
                [
                    "key": secrets.kuaidi100Key, "secret": secrets.kuaidi100Secret,
                    "customer": secrets.kuaidi100Customer, "pushSecret": secrets.kuaidi100PushSecret,
                    "partnerId": "SANDBOX",
                ], sender.merging(hubURL) { $1 }),
            settings(.kdniao, "", ["businessId": secrets.kdniaoID, "apiKey": secrets.kdniaoKey], sender),
            settings(
                .aliyun, "",
                [
                    "accessKeyId": secrets.aliyunKeyID, "accessKeySecret": secrets.aliyunKeySecret,
                    "receiptToken": secrets.aliyunReceiptToken,
                ], texts),
            settings(
                .tencent, "",
                [
                    "secretId": secrets.tencentSecretID, "secretKey": secrets.tencentSecretKey,
                    "receiptToken": secrets.tencentReceiptToken,
                ], texts.merging(["sdkAppId": "1400006666", "sessionContextReturned": "true"]) { $1 }),
            settings(
                .asterisk, "/ari", ["username": secrets.asteriskUser, "password": secrets.asteriskPassword], [:]),
            settings(
                .twilio, "", ["accountSid": secrets.twilioAccount, "authToken": secrets.twilioToken],
                ["callerId": "+865710000000", "record": "true"].merging(hubURL) { $1 }),
        ]
    }

    private func settings(
        _ partner: Partner, _ path: String, _ credentials: [String: String], _ options: [String: String]
    ) -> ConnectorSettings {
        ConnectorSettings(
            system: partner.rawValue, kind: partner.rawValue, baseURL: address(of: partner) + path,
            credentials: credentials,
            options: options.merging(["timeoutMilliseconds": String(pace.callTimeoutMilliseconds)]) { $1 })
    }
}
