import HydrantCore
import Testing

@Suite struct FreightTests {
    private static func area(_ code: String) -> DeliveryArea {
        guard let area = DeliveryArea(code: code) else { preconditionFailure("\(code) is no area") }
        return area
    }

    private static let card: FreightCard = {
        var card = FreightCard(
            name: "card", courier: "sf", currency: "CNY",
            zones: [
                FreightCard.Zone(
                    name: "city", areas: [area("3301")],
                    steps: [
                        FreightCard.Step(upToGrams: 1_000, amountMinor: 1_000),
                        FreightCard.Step(
                            upToGrams: 50_000, amountMinor: 1_000,
                            above: FreightCard.Step.Above(grams: 1_000, unitGrams: 500, amountMinor: 150)),
                    ]),
                FreightCard.Zone(
                    name: "province", areas: [area("33")],
                    steps: [FreightCard.Step(upToGrams: 50_000, amountMinor: 1_200)]),
            ])
        card.origins = [area("33")]
        return card
    }()

    private func parcel(_ grams: Int64, to code: String = "330106") -> FreightParcel {
        FreightParcel(origin: Self.area("330110"), destination: Self.area(code), grams: grams)
    }

    @Test(arguments: [(1, 1_000), (1_000, 1_000), (1_001, 1_150), (1_500, 1_150), (1_501, 1_300), (50_000, 15_700)])
    func eachUnitBegunIsCharged(grams: Int64, total: Int64) throws {
        #expect(try [Self.card].quote(parcel(grams)).totalMinor == total)
    }

    @Test func theZoneThatNamesThePlaceMostExactlyCounts() throws {
        #expect(try [Self.card].quote(parcel(500)).zone == "city")
        #expect(try [Self.card].quote(parcel(500, to: "330203001")).zone == "province")
    }

    @Test func refusalsAreNamed() {
        #expect(throws: FreightRefusal.noZone) { try [Self.card].quote(parcel(500, to: "110105")) }
        #expect(throws: FreightRefusal.tooHeavy) { try [Self.card].quote(parcel(50_001)) }
        #expect(throws: FreightRefusal.parcelInvalid) { try [Self.card].quote(parcel(0)) }
        #expect(throws: FreightRefusal.parcelInvalid) { try [Self.card].quote(parcel(.max)) }
        #expect(throws: FreightRefusal.noCard) { try [FreightCard]().quote(parcel(1)) }
        var elsewhere = parcel(1)
        elsewhere.origin = Self.area("44")
        #expect(throws: FreightRefusal.noCard) { try [Self.card].quote(elsewhere) }
        var other = parcel(1)
        other.courier = "zto"
        #expect(throws: FreightRefusal.noCard) { try [Self.card].quote(other) }
        for refusal in FreightRefusal.allCases { #expect(!refusal.english.isEmpty) }
    }

    @Test func aCardCountsFromItsBeginToItsEnd() throws {
        var old = Self.card
        old.name = "old"
        old.validTo = Instant(milliseconds: 1_000)
        var new = Self.card
        new.name = "new"
        new.validFrom = Instant(milliseconds: 1_000)
        for (moment, name) in [(999, "old"), (1_000, "new")] {
            var parcel = parcel(1)
            parcel.at = Instant(milliseconds: Int64(moment))
            #expect(try [old, new].quote(parcel).card == name)
            #expect(try [new, old].quote(parcel).card == name)
        }
    }

    @Test func volumeIsChargedLikeWeight() throws {
        var card = Self.card
        card.volumePerKilogram = 12_000
        var parcel = parcel(500)
        parcel.cubicCentimetres = 24_001
        #expect(try [card].quote(parcel).chargedGrams == 2_001)
        #expect(try [Self.card].quote(parcel).chargedGrams == 500)
    }

    @Test func surchargesHoldWhereTheirConditionsDo() throws {
        var card = Self.card
        card.surcharges = [
            FreightCard.Surcharge(name: "west lake", areas: [Self.area("330106")], amountMinor: 300),
            FreightCard.Surcharge(name: "heavy", aboveGrams: 10_000, amountMinor: 2_000),
            FreightCard.Surcharge(name: "value", permilleOfValue: 3),
        ]
        var valued = parcel(500)
        valued.valueMinor = 10_001
        let quote = try [card].quote(valued)
        #expect(quote.surcharges.map(\.name) == ["west lake", "value"])
        #expect(quote.surcharges.map(\.amountMinor) == [300, 31])
        #expect(quote.totalMinor == 1_331)
        #expect(try [card].quote(parcel(10_001, to: "330203")).surcharges.map(\.name) == ["heavy"])
    }

    @Test func aNewAddressCostsTheDifference() throws {
        let difference = try [Self.card].difference(parcel(500, to: "330203"), was: Self.area("330106"))
        #expect(difference.amountMinor == 200)
        let back = try [Self.card].difference(parcel(500), was: Self.area("330203"))
        #expect(back.amountMinor == -200)
    }
}
