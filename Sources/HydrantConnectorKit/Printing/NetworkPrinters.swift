package import HydrantCore
import NIOCore
import NIOPosix
import Synchronization

/// Printers that take raw data on a port: what is sent is printed, and the end of the connection is the only answer.
package struct NetworkPrinters: LabelPrinters {
    package struct Limits: Sendable {
        package var connect: Milliseconds = .seconds(3)
        /// How long a printer may take nothing at all while a label is being sent.
        package var progress: Milliseconds = .seconds(10)
        /// How long it may keep its side open after it has everything; afterwards it is taken to have printed.
        package var silence: Milliseconds = .seconds(10)
        /// How long one label may take to be sent.
        package var document: Milliseconds = .seconds(90)

        package init() {}
    }

    private let limits: Limits
    private static let pieceBytes = 16_384

    package init(limits: Limits = Limits()) { self.limits = limits }

    package func send(_ document: [UInt8], to printer: PrinterAddress) async -> PrintTrouble? {
        let line = LineState()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(limits.connect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LineWatch(state: line))
                }
            }
        guard let channel = try? await bootstrap.connect(host: printer.host, port: printer.port).get() else {
            return .unreachable
        }
        let trouble = await withTaskCancellationHandler {
            await talk(document, channel, line)
        } onCancel: {
            channel.close(promise: nil)
        }
        channel.close(promise: nil)
        return trouble
    }

    private func talk(_ document: [UInt8], _ channel: any Channel, _ line: LineState) async -> PrintTrouble? {
        let deadline = NIODeadline.now() + .milliseconds(limits.document)
        var buffer = ByteBuffer(bytes: document)
        while let piece = buffer.readSlice(length: min(Self.pieceBytes, buffer.readableBytes)), piece.readableBytes > 0
        {
            let patience = min(TimeAmount.milliseconds(limits.progress), deadline - NIODeadline.now())
            let sent: EventLoopFuture<Void> = channel.writeAndFlush(piece)
            guard let isInTime = try? await isDone(sent, within: patience) else { return .brokeOff }
            guard isInTime else { return .tooSlow }
        }
        // A printer that was faster has closed already.
        try? await channel.close(mode: .output).get()
        _ = try? await isDone(channel.closeFuture, within: .milliseconds(limits.silence))
        return line.isBroken ? .brokeOff : nil
    }

    /// - Returns: false when it took too long.
    private func isDone(_ future: EventLoopFuture<Void>, within limit: TimeAmount) async throws -> Bool {
        let promise = future.eventLoop.makePromise(of: Bool.self)
        future.map { true }.cascade(to: promise)
        // Whoever comes first decides.
        let end = future.eventLoop.scheduleTask(in: limit) { promise.succeed(false) }
        defer { end.cancel() }
        return try await promise.futureResult.get()
    }
}

/// What became of a connection.
private final class LineState: Sendable {
    private let broken = Mutex(false)

    var isBroken: Bool { broken.withLock { $0 } }

    func noteBreak() { broken.withLock { $0 = true } }
}

/// Notices when a printer hangs up in anger; what printers say is not listened to.
private final class LineWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let state: LineState

    init(state: LineState) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state.noteBreak()
        context.close(promise: nil)
    }
}
