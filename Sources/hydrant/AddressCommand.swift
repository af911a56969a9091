import ArgumentParser
import HydrantCore
import HydrantDocuments

struct AddressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "address",
        abstract:
            "Read Chinese addresses from standard input and print one JSON object for each line that is not empty.",
        discussion: """
            Each object holds province, city, district, town, road, detail, the official codes, the area that freight \
            and bags go by, and the problems with their place in the line.
              hydrant address < lines.txt
            Exits with 1 when --strict is given and a line has a serious problem.
            """)

    @Flag(help: "Exit with 1 when a line has a problem that a parcel would be lost by.")
    var strict = false

    func run() throws {
        let parser = OfficialDivisions.parser
        var hasSerious = false
        var out: [UInt8] = []
        while let line = readLine(strippingNewline: true) {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            let address = parser.parse(line)
            hasSerious = hasSerious || address.problems.contains { $0.kind.isSerious }
            address.json.write(to: &out)
            out.append(0x0A)
            if out.count > 1 << 16 {
                Terminal.standardOutput(String(decoding: out, as: UTF8.self))
                out.removeAll(keepingCapacity: true)
            }
        }
        Terminal.standardOutput(String(decoding: out, as: UTF8.self))
        if strict, hasSerious { throw ExitCode(1) }
    }
}
