/// Whether parcels and bags are weighed before a bag is closed, and how far a weight may be off.
package struct WeighGate: Hashable, Sendable {
    /// The words are storage and never change.
    package enum Mode: String, Sendable, CaseIterable {
        /// Nothing is packed at the desk and no bag is closed without having been weighed.
        case required
        /// What is weighed is compared.
        case warn
        case off
    }

    package var mode = Mode.warn
    /// A weight may be off by so much, or by so many percent where that is more.
    package var grams = 150
    package var percent = 3

    package init() {}

    package func fits(_ measured: Int, _ expected: Int) -> Bool {
        mode == .off || abs(measured - expected) <= max(grams, expected * percent / 100)
    }
}

extension BagPlace {
    /// Whether the parcel weighs what its goods weigh; so where one of both is not known.
    package func isWeightFine(_ gate: WeighGate) -> Bool {
        weightGrams == 0 || expectedGrams == 0 || gate.fits(weightGrams, expectedGrams)
    }
}

extension Bag {
    /// The parcels of the bag that weigh something else than their goods.
    package func oddParcels(_ gate: WeighGate) -> [BagPlace] { meant.filter { !$0.isWeightFine(gate) } }

    /// Whether the measured weight is near enough to what the parcels weigh; so where nothing is known.
    package func isWeightFine(_ gate: WeighGate = WeighGate()) -> Bool {
        guard let measuredGrams, let expectedGrams else { return true }
        return gate.fits(measuredGrams, expectedGrams)
    }
}
