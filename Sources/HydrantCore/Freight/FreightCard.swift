/// What one courier charges from an origin: zones with weight steps, and surcharges. Money in minor units (fen),
/// weights in grams.
package struct FreightCard: Hashable, Sendable {
    package var name: String
    package var courier: String
    /// ISO 4217.
    package var currency: String
    /// The card counts from here on; nil: always has.
    package var validFrom: Instant?
    /// The first moment at which it counts no more; nil: no end is known.
    package var validTo: Instant?
    /// Where parcels come from; empty: from anywhere.
    package var origins: [DeliveryArea]
    /// Cubic centimetres that are charged like a kilogram; nil: volume does not count.
    package var volumePerKilogram: Int?
    package var zones: [Zone]
    package var surcharges: [Surcharge]

    /// Places that cost the same.
    package struct Zone: Hashable, Sendable {
        package var name: String
        /// Empty: everywhere that no other zone names.
        package var areas: [DeliveryArea]
        /// With rising limits.
        package var steps: [Step]

        package init(name: String, areas: [DeliveryArea], steps: [Step]) {
            self.name = name
            self.areas = areas
            self.steps = steps
        }
    }

    /// What a parcel up to a weight costs: an amount, and one more for each unit begun above a weight.
    package struct Step: Hashable, Sendable {
        package var upToGrams: Int64
        package var amountMinor: Int64
        package var above: Above?

        package struct Above: Hashable, Sendable {
            package var grams: Int64
            package var unitGrams: Int64
            package var amountMinor: Int64

            package init(grams: Int64, unitGrams: Int64, amountMinor: Int64) {
                self.grams = grams
                self.unitGrams = unitGrams
                self.amountMinor = amountMinor
            }
        }

        package init(upToGrams: Int64, amountMinor: Int64, above: Above? = nil) {
            self.upToGrams = upToGrams
            self.amountMinor = amountMinor
            self.above = above
        }

        func price(grams: Int64) -> Int64 {
            guard let above, grams > above.grams else { return amountMinor }
            #if HYDRANT_MUTANTS
                if Mutant.weightRoundedDown.isOn {
                    return amountMinor + (grams - above.grams) / above.unitGrams * above.amountMinor
                }
            #endif
            let units = (grams - above.grams + above.unitGrams - 1) / above.unitGrams
            return amountMinor + units * above.amountMinor
        }
    }

    /// An amount on top, where its conditions hold.
    package struct Surcharge: Hashable, Sendable {
        package var name: String
        /// Empty: everywhere.
        package var areas: [DeliveryArea]
        /// Only for heavier parcels.
        package var aboveGrams: Int64?
        package var amountMinor: Int64
        /// Of the declared value, rounded up; a parcel without one pays only the amount.
        package var permilleOfValue: Int64

        package init(
            name: String, areas: [DeliveryArea] = [], aboveGrams: Int64? = nil, amountMinor: Int64 = 0,
            permilleOfValue: Int64 = 0
        ) {
            self.name = name
            self.areas = areas
            self.aboveGrams = aboveGrams
            self.amountMinor = amountMinor
            self.permilleOfValue = permilleOfValue
        }
    }

    package init(name: String, courier: String, currency: String, zones: [Zone]) {
        self.name = name
        self.courier = courier
        self.currency = currency
        self.zones = zones
        origins = []
        surcharges = []
    }

    /// How much of an area one of a list covers: digits of the longest match, 0 for an empty list, nil for none.
    static func match(_ area: DeliveryArea, in areas: [DeliveryArea]) -> Int? {
        areas.isEmpty ? 0 : areas.filter { area.lies(in: $0) }.map(\.code.utf8.count).max()
    }
}
