package import HydrantCore

/// Brings documents to label printers.
package protocol LabelPrinters: Sendable {
    /// Returns within a few minutes, whatever the printer does, and soon after its task was cancelled.
    ///
    /// - Returns: nil when the printer took everything, otherwise what went wrong.
    func send(_ document: [UInt8], to printer: PrinterAddress) async -> PrintTrouble?
}
