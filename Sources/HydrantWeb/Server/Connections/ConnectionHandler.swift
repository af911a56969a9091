import HTTPTypes
import HydrantCore
import NIOCore
import NIOHTTPTypes

/// Stands at the beginning of each connection: writes it into the book, and ends it when the body of a request comes
/// too slowly. A body has a time limit as a whole and a least rate, so that a trickle holds nothing for long.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private struct Body {
        let begin: NIODeadline
        var bytes = 0
    }

    private let book: ConnectionBook
    private let limits: ServerLimits
    private var entry: ConnectionBook.Entry?
    private var body: Body?
    private var unanswered = 0
    private var answerBegan = false
    private var isStream = false
    private var check: Scheduled<Void>?

    init(book: ConnectionBook, limits: ServerLimits) {
        self.book = book
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func enter(_ context: ChannelHandlerContext) {
        guard entry == nil else { return }
        let channel = context.channel
        let entry = ConnectionBook.Entry(
            peer: context.remoteAddress?.shareKey, now: context.eventLoop.now.uptimeNanoseconds
        ) { channel.close(promise: nil) }
        guard book.admit(entry) else {
            context.close(promise: nil)
            return
        }
        self.entry = entry
    }

    private func leave() {
        check?.cancel()
        check = nil
        if let entry { book.remove(entry) }
        entry = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = context.eventLoop.now
        entry?.moved(now.uptimeNanoseconds)
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            body = Body(begin: now)
        case .body(let part): body?.bytes += part.readableBytes
        case .end:
            body = nil
            check?.cancel()
            check = nil
            entry?.isAnswered(true)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if body != nil, check == nil { schedule(context) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            answerBegan = true
            isStream = head.headerFields[.contentType] == "text/event-stream"
            if isStream, let entry { book.carriesStream(entry, true) }
        case .body: break
        case .end:
            answerBegan = false
            if isStream, let entry { book.carriesStream(entry, false) }
            isStream = false
            unanswered -= 1
            entry?.moved(context.eventLoop.now.uptimeNanoseconds)
            if unanswered == 0 { entry?.isAnswered(false) }
        }
        context.write(data, promise: promise)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let step = TimeAmount.milliseconds(max(1, min(limits.bodyGrace, limits.bodyTime)))
        check = context.eventLoop.assumeIsolated().scheduleTask(in: step) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        check = nil
        guard let body else { return }
        let milliseconds = (context.eventLoop.now - body.begin).nanoseconds / 1_000_000
        let isTooSlow = Int64(body.bytes) * 1_000 < milliseconds * Int64(limits.bodyBytesPerSecond)
        guard isTooSlow || milliseconds >= limits.bodyTime else {
            schedule(context)
            return
        }
        // An answer of the hub to the part that came goes before; a sender that hears nothing repeats.
        if unanswered == 1, !answerBegan { refuse(context) }
        context.close(promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let problem = Problem.slowBody
        let bytes = ByteBuffer(bytes: problem.json.bytes)
        let head = HTTPResponse(
            status: problem.status,
            headerFields: [
                .connection: "close", .contentType: "application/problem+json",
                .contentLength: String(bytes.readableBytes),
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(bytes)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

extension SocketAddress {
    /// The bytes that connections of one sender have in common: an IPv4 address, or the network of 64 bits that an IPv6
    /// address lies in. Nil for this machine. The places within the structures are the kernel's.
    var shareKey: [UInt8]? {
        switch self {
        case .v4(let address):
            let bytes = withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
            return bytes.first == 127 ? nil : bytes
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            let zeros = bytes.prefix(10).allSatisfy { $0 == 0 }
            if zeros, bytes[10] == 0xFF, bytes[11] == 0xFF { return bytes[12] == 127 ? nil : Array(bytes.suffix(4)) }
            let isLoopback = zeros && bytes[10..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
            return isLoopback ? nil : Array(bytes.prefix(8))
        case .unixDomainSocket: return nil
        }
    }
}
