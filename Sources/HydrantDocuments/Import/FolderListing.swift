internal import Glibc

/// One file of the folder that an entry of the document names.
struct FoundFile {
    let path: String
    /// As it lies in the folder, with its .gz or .zst.
    let name: String
    let size: Int64

    /// Opens it, unpacked and decoded.
    func source(_ encoding: TextEncoding) throws(FileProblem) -> DecodedSource {
        let bytes: any ByteSource =
            if name.hasSuffix(".zst") {
                try ZstdSource(path: path, name: name)
            } else if name.hasSuffix(".gz") {
                try GzipSource(path: path, name: name)
            } else {
                try PlainSource(path: path, name: name)
            }
        return try DecodedSource(bytes, encoding: encoding, name: name)
    }
}

/// The files of one folder.
struct FolderListing {
    let folder: String
    let names: [String]

    init(folder: String) throws(FileProblem) {
        self.folder = folder
        guard let directory = opendir(folder) else {
            throw FileProblem(file: folder, message: "is not a folder that can be read")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        self.names = names.sorted()
    }

    /// The files that a pattern means, plain or packed. Of `a.csv` and `a.csv.zst` only the plain one counts.
    func files(_ layout: FileLayout) throws(FileProblem) -> [FoundFile] {
        var found: [String: String] = [:]
        for name in names {
            let plain = plainName(name)
            guard fnmatch(layout.pattern, plain, 0) == 0 || fnmatch(layout.pattern, name, 0) == 0 else { continue }
            if found[plain] == nil || name == plain { found[plain] = name }
        }
        guard !found.isEmpty || layout.isOptional else {
            throw FileProblem(
                file: layout.pattern,
                message: "is missing in the folder, also as .gz and .zst; the folder has "
                    + (names.isEmpty ? "no files" : names.prefix(20).joined(separator: ", ")))
        }
        var files: [FoundFile] = []
        for (_, name) in found.sorted(by: { $0.key < $1.key }) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0 else { throw FileProblem(file: name, message: "cannot be read") }
            guard status.st_mode & S_IFMT == S_IFREG else { throw FileProblem(file: name, message: "is not a file") }
            guard leadsInside(path) else {
                throw FileProblem(
                    file: name, message: "is a link that leads out of the folder; copy the file into the folder")
            }
            files.append(FoundFile(path: path, name: name, size: Int64(status.st_size)))
        }
        return files
    }

    /// A link may point to another file of the folder, and to nothing else of the machine.
    private func leadsInside(_ path: String) -> Bool {
        guard let root = realpath(folder, nil) else { return false }
        defer { free(root) }
        guard let target = realpath(path, nil) else { return false }
        defer { free(target) }
        let base = String(cString: root)
        return String(cString: target).hasPrefix(base == "/" ? base : base + "/")
    }

    private func plainName(_ name: String) -> String {
        for ending in [".zst", ".gz"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
        return name
    }
}
