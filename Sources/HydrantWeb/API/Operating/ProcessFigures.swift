import CJemalloc
import Foundation
import Glibc

/// What the operating system says about this process.
enum ProcessFigures {
    /// Resident memory, or nil where /proc does not tell.
    static var residentBytes: Int64? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// What the program itself asked of the allocator and has not given back, or nil when the allocator does not tell.
    ///
    /// This call is also what makes the linker keep jemalloc, which then answers every `malloc` of the process.
    static var allocatedBytes: Int64? {
        // The allocator sums its figures when the epoch is written.
        var epoch: UInt64 = 1
        guard mallctl("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size) == 0 else { return nil }
        var bytes = 0
        var size = MemoryLayout<Int>.size
        guard mallctl("stats.allocated", &bytes, &size, nil, 0) == 0 else { return nil }
        return Int64(bytes)
    }

    static var openFiles: Int? { try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
}
