import HydrantStorage

/// How a server is used.
package struct PostgresSettings: Sendable {
    /// Whose time leases run on.
    package enum LeaseClock: Sendable {
        /// The server's: nodes whose clocks differ do not take each other's work early.
        case server
        /// The hub's own: where the hub plays days in minutes.
        case hub
    }

    package var writers = 3
    package var readers = 4
    package var leaseClock = LeaseClock.server
    /// How many orders' events lie in one partition; only for databases that are made anew.
    package var ordersPerPartition: Int64 = 1_000_000
    /// How often a step that met another node on the same rows is run again.
    package var attempts = 10

    package init() {}

    /// What a connection is set to. Plans of the daily statements must not depend on how small a table was when they
    /// were made, so writers only ever search through indexes.
    static let writerPreparation = """
        SET search_path = hydrant; SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off;
        SET enable_mergejoin = off; SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s';
        SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)
        """
    static let readerPreparation = """
        SET search_path = hydrant; SET jit = off; SET plan_cache_mode = force_custom_plan;
        SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '10min'
        """
}
