import HydrantCore
import HydrantTesting
import Testing

@testable import HydrantPrinting

/// What a camera's picture gives; that real codes are read is a process test with a printed label.
@Suite struct CodeReaderTests {
    @Test func `noise and blank pictures of any form hold no code`() {
        var random = SplitMix64(seed: 5)
        for (width, height) in [(16, 16), (640, 480), (1, 900), (900, 1)] {
            let noise = (0..<(width * height)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(CodeReader.read(GreyPicture(width: width, height: height, dots: noise)) == [])
            let blank = Array(repeating: UInt8(255), count: width * height)
            #expect(CodeReader.read(GreyPicture(width: width, height: height, dots: blank)) == [])
        }
        #expect(CodeReader.read(GreyPicture(width: 0, height: 0, dots: [])) == [])
    }

    @Test(arguments: ["7K2M9QXA", "7K2M9QXA-3", "https://hub.example/b/7K2M9QXA-12"])
    func `the code of a label is read from a grey picture`(text: String) throws {
        let symbol = try #require(QRSymbol(text))
        let (scale, quiet) = (5, 4)
        let side = (symbol.width + 2 * quiet) * scale
        var dots = [UInt8](repeating: 230, count: side * side)
        for y in 0..<(symbol.width * scale) {
            for x in 0..<(symbol.width * scale) where symbol.isDark(x / scale, y / scale) {
                dots[(y + quiet * scale) * side + x + quiet * scale] = 25
            }
        }
        #expect(CodeReader.read(GreyPicture(width: side, height: side, dots: dots)) == [text])
    }
}
