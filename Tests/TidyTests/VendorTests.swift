import Testing

@Suite struct VendorTests {
    @Test func `vendors are named only where they belong`() {
        expectNone(SourceTree.sources.flatMap(VendorRules.strayVendors))
    }

    @Test func `a vendor outside its folder is found in names and in literals`() {
        let text = """
            let a = ZTOClient()
            let b = "taobao.order"
            let c = aztonic + "Ztos"  // zto
            let d = createZTOOrder
            """
        let file = sample("Sources/HydrantEngine/A.swift", text)
        #expect(
            VendorRules.strayVendors(file) == [
                "Sources/HydrantEngine/A.swift:1: names zto outside its folder",
                "Sources/HydrantEngine/A.swift:4: names zto outside its folder",
                "Sources/HydrantEngine/A.swift:2: names taobao outside its folder",
            ])
    }

    @Test func `a vendor is at home in its own folder, in the catalogue and in the sandbox, and nowhere else`() {
        let text = "let a = \"qimen\"\n"
        for path in ["Warehouses/Qimen/Mapper.swift", "Catalogue.swift"] {
            #expect(VendorRules.strayVendors(sample("Sources/HydrantConnectors/\(path)", text)) == [])
        }
        #expect(VendorRules.strayVendors(sample("Sources/HydrantSandbox/Warehouse.swift", text)) == [])
        let neighbour = "Sources/HydrantConnectors/Couriers/SF/Mapper.swift"
        #expect(VendorRules.strayVendors(sample(neighbour, text)) == ["\(neighbour):1: names qimen outside its folder"])
    }
}
