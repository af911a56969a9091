package import HydrantConnectorKit
package import HydrantCore
import HydrantEngine

/// Where the server listens, whom it believes, and how much it takes.
package struct ServerSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 8_080
    package var tokens: AccessTokens
    /// At least 32 random bytes; sessions of browsers end when it changes.
    package var sessionKey: [UInt8]
    /// `whsec_…`; a message signed with any of them is believed, so that a secret can be changed without a gap.
    package var webhookSecrets: [String]
    /// True where browsers reach the hub over HTTPS.
    package var cookieIsSecure = false
    /// The roles that must have a second factor, as long as the owner has not said which on the page of the users.
    package var secondFactorRoles: Set<Role> = []
    /// For links that sign in once.
    package var signInCodes = SignInCodes()
    package var pushes: [any PushReceiver] = []
    /// The names of the systems that the hub calls or that push to it.
    package var connectedSystems: Set<String> = []
    package var limits = ServerLimits()
    /// Bytes that nobody can guess, for sessions and links.
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]
    /// The clock of the world, for signatures and sessions; the hub's own may run faster.
    package var wallClock: any HubClock

    package init(
        tokens: AccessTokens, sessionKey: [UInt8], webhookSecrets: [String], wallClock: any HubClock = SystemClock(),
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.tokens = tokens
        self.sessionKey = sessionKey
        self.webhookSecrets = webhookSecrets
        self.wallClock = wallClock
        self.randomBytes = randomBytes
    }
}

/// The server's limits; the defaults fit one machine of two cores.
package struct ServerLimits: Sendable {
    /// The largest body of `POST /v1/facts`.
    package var bodyBytes = 16 * 1_024 * 1_024
    package var factsPerRequest = 1_000
    /// The largest body of a push.
    package var pushBytes = 512 * 1_024
    /// All bytes of facts that have arrived and are not yet answered.
    package var waitingBodyBytes = 256 * 1_024 * 1_024
    /// All bytes of pushes that have arrived and are not yet answered.
    package var waitingPushBytes = 64 * 1_024 * 1_024
    /// Submissions that may wait for a transaction before senders are asked to come back.
    package var waitingSubmissions = 2_000
    /// When all are taken, the one that has been quiet the longest is closed for the next.
    package var connections = 1_024
    /// How many of them one address may hold (an IPv4 address, or an IPv6 network of 64 bits); not counted for
    /// connections from this machine, where the reverse proxy is.
    package var connectionsPerAddress = 128
    /// How long one body may take as a whole.
    package var bodyTime: Milliseconds = .seconds(30)
    /// A body may be as slow as it likes for so long; from then on its least rate is looked at.
    package var bodyGrace: Milliseconds = .seconds(10)
    /// The least rate of a body, over its whole time.
    package var bodyBytesPerSecond = 512
    /// A connection is closed after so long without a whole request head or a part of a body, so that a client that
    /// sends drop by drop holds nothing.
    package var idle: Milliseconds = .seconds(30)
    /// How long `GET /readyz` waits for the database and the committer.
    package var readiness: Milliseconds = .seconds(2)

    package init() {}
}
