import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Systems out of settings, and what is said when the settings are wrong.
@Suite struct CatalogueTests {
    private let good = [
        Sample.warehouseSettings(), Sample.courierSettings(), Sample.officeSettings("crm", kind: "generic-crm"),
        Sample.officeSettings("finance", kind: "generic-finance"),
    ]

    @Test func `every kind is built under its system's name`() throws {
        let systems = try ConnectorCatalogue.systems(good, caller: ScriptedCaller())
        #expect(systems.connectors.keys.sorted() == ["crm", "finance", "sf", "wms"])
        #expect(systems.receivers.keys.sorted() == ["sf", "wms"])
        #expect(systems.connectors.allSatisfy { $0.key == $0.value.system })
        #expect(systems.receivers.allSatisfy { $0.key == $0.value.system })
        #expect(
            ConnectorCatalogue.kinds == [
                "qimen", "sf", "zto", "jd", "yto", "sto", "yunda", "cainiao", "kuaidi100", "kdniao", "aliyun-sms",
                "tencent-sms", "asterisk-ari", "twilio", "generic-crm", "generic-finance",
                "generic-shop",
            ])
    }

    @Test func `aggregators and text services are built with what they can receive and count`() throws {
        let settings = [
            Sample.cainiaoSettings(), Sample.kuaidi100Settings(), Sample.kdniaoSettings(), Sample.aliyunSettings(),
        ]
        var tencent = Sample.tencentSettings()
        tencent.system = "sms2"
        let systems = try ConnectorCatalogue.systems(settings + [tencent], caller: ScriptedCaller())
        #expect(systems.connectors.keys.sorted() == ["cainiao", "kdniao", "kuaidi100", "sms", "sms2"])
        #expect(systems.receivers.keys.sorted() == ["cainiao", "kdniao", "kuaidi100", "sms", "sms2"])
        #expect(systems.numberStocks.keys.sorted() == ["cainiao", "kdniao", "kuaidi100"])
    }

    @Test func `each mistake in the settings of an aggregator is named`() {
        func field(_ settings: ConnectorSettings) -> String? { problem([settings])?.field }
        #expect(field(Sample.cainiaoSettings(["courier": "NOBODY"])) == "options.courier")
        #expect(field(Sample.cainiaoSettings(["courierCodes": "X="])) == "options.courierCodes")
        #expect(field(Sample.cainiaoSettings(["courier": "x", "courierCodes": "X=XX"])) == nil)
        #expect(field(Sample.cainiaoSettings(["repeatIsSafe": "maybe"])) == "options.repeatIsSafe")
        #expect(field(Sample.kuaidi100Settings(["hubUrl": "hub"])) == "options.hubUrl")
        #expect(field(Sample.kuaidi100Settings(["pollUrl": "ftp://x"])) == "options.pollUrl")
        #expect(field(Sample.kdniaoSettings(["gatewayPath": "x"])) == "options.gatewayPath")
        var short = Sample.kuaidi100Settings()
        short.credentials["pushSecret"] = Sensitive("short")
        #expect(field(short) == "credentials.pushSecret")
        var token = Sample.aliyunSettings()
        token.credentials["receiptToken"] = Sensitive("short")
        #expect(field(token) == "credentials.receiptToken")
        #expect(field(Sample.tencentSettings(["sessionContextReturned": "yes"])) == "options.sessionContextReturned")
        #expect(field(Sample.tencentSettings(["sdkAppId": ""])) == "options.sdkAppId")
    }

    private func problem(_ settings: [ConnectorSettings]) -> ConnectorSettingsProblem? {
        do {
            _ = try ConnectorCatalogue.systems(settings, caller: ScriptedCaller())
            return nil
        } catch {
            return error
        }
    }

    @Test func `each mistake names its system, its field and what is allowed`() {
        var unknown = good[0]
        unknown.kind = "wms9000"
        #expect(
            problem([unknown])
                == ConnectorSettingsProblem(
                    system: "wms", field: "kind",
                    message: "must be one of \(ConnectorCatalogue.kinds.joined(separator: ", ")), is 'wms9000'"))
        #expect(
            problem([good[0], good[0]])
                == ConnectorSettingsProblem(system: "wms", field: "system", message: "is there twice"))
        var noSecret = good[0]
        noSecret.credentials["secret"] = nil
        #expect(
            problem([noSecret])
                == ConnectorSettingsProblem(system: "wms", field: "credentials.secret", message: "is required"))
        var noAddress = good[1]
        noAddress.baseURL = "sf.example.com"
        #expect(problem([noAddress])?.field == "baseURL")
        var method = good[0]
        method.options["signMethod"] = "sha1"
        #expect(problem([method])?.message == "must be one of md5, hmac, hmac-sha256, is 'sha1'")
        var place = good[1]
        place.options["pushTokenPlace"] = "header"
        #expect(problem([place])?.field == "options.pushTokenPlace")
        var token = good[1]
        token.credentials["pushToken"] = Sensitive("short")
        #expect(problem([token])?.message == "must have at least 16 characters")
        var timeout = good[2]
        timeout.options["timeoutMilliseconds"] = "soon"
        #expect(problem([timeout])?.message == "must be a whole number above 0, is 'soon'")
        var secret = good[3]
        secret.credentials["webhookSecret"] = Sensitive("whsec_x")
        #expect(problem([secret])?.field == "credentials.webhookSecret")
    }

    @Test func `plain HTTP is for this machine, or where the settings say so`() {
        var wms = good[0]
        wms.baseURL = "http://wms.example.com/api"
        #expect(problem([wms])?.field == "baseURL")
        #expect(problem([wms])?.message.contains("allowPlainHTTP") == true)
        wms.options["allowPlainHTTP"] = "true"
        #expect(problem([wms]) == nil)
        wms.options = [:]
        for address in ["http://127.0.0.1:9/api", "http://localhost/api", "https://wms.example.com/api"] {
            wms.baseURL = address
            #expect(problem([wms]) == nil)
        }
        wms.baseURL = "http://127.0.0.1.example.com/api"
        #expect(problem([wms])?.field == "baseURL")
    }

    @Test func `settings print no secret`() {
        #expect(!"\(good)".contains("secretABC"))
        var text = ""
        dump(good, to: &text)
        #expect(!text.contains("secretABC"))
    }
}
