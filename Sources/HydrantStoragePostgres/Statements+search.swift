/// Statements of the search index.
extension Statements {
    static let queueForSearch = """
        INSERT INTO search_queue (order_id, version) SELECT * FROM unnest($1::bigint[], $2::bigint[])
        ON CONFLICT (order_id) DO UPDATE SET version = greatest(search_queue.version, excluded.version)
        """
    static let searchHits = """
        SELECT given.place, found.order_id FROM unnest($1::bigint[]) WITH ORDINALITY AS given (hash, place)
        CROSS JOIN LATERAL (
            SELECT order_id FROM search_keys WHERE search_keys.hash = given.hash
            ORDER BY order_id DESC LIMIT $2::bigint
        ) AS found
        ORDER BY given.place, found.order_id DESC
        """
    static let searchHitsAmong = """
        SELECT hash, order_id FROM search_keys WHERE hash = ANY ($1::bigint[]) AND order_id = ANY ($2::bigint[])
        """
    static let searchQueue = """
        SELECT search_queue.order_id, orders.number, search_queue.version
        FROM search_queue JOIN orders ON orders.id = search_queue.order_id
        ORDER BY search_queue.order_id LIMIT $1::bigint
        """
    static let searchQueueCount = "SELECT count(*) FROM search_queue"
    static let searchedOrders = "SELECT order_id FROM search_orders WHERE order_id = ANY ($1::bigint[])"
    /// In order of row ids: two nodes with the same orders wait for each other, and never in a circle.
    static let lockSearchedOrders = """
        SELECT order_id, version, hashes FROM search_orders WHERE order_id = ANY ($1::bigint[])
        ORDER BY order_id FOR UPDATE
        """
    static let insertSearchKeys = """
        INSERT INTO search_keys (hash, order_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])
        ON CONFLICT DO NOTHING
        """
    static let deleteSearchKeys = """
        DELETE FROM search_keys USING unnest($1::bigint[], $2::bigint[]) AS given (hash, order_id)
        WHERE search_keys.hash = given.hash AND search_keys.order_id = given.order_id
        """
    static let setSearchedOrders = """
        INSERT INTO search_orders (order_id, version, hashes)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
        ON CONFLICT (order_id) DO UPDATE SET version = excluded.version, hashes = excluded.hashes
        WHERE search_orders.version <= excluded.version
        """
    /// Only as it was when its hashes were made: an order that was written again stays.
    static let unqueueForSearch = """
        DELETE FROM search_queue USING unnest($1::bigint[], $2::bigint[]) AS given (order_id, version)
        WHERE search_queue.order_id = given.order_id AND search_queue.version <= given.version
        """
}
