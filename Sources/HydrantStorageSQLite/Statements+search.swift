/// Statements of the search index.
extension Statements {
    static let queueForSearch = """
        INSERT INTO search_queue (order_id, version) VALUES (?, ?)
        ON CONFLICT (order_id) DO UPDATE SET version = excluded.version
        """
    static let searchHits = "SELECT order_id FROM search_keys WHERE hash = ? ORDER BY order_id DESC LIMIT ?"
    static let searchHit = "SELECT 1 FROM search_keys WHERE hash = ? AND order_id = ?"
    static let searchQueue = """
        SELECT search_queue.order_id, orders.number, search_queue.version
        FROM search_queue JOIN orders ON orders.id = search_queue.order_id ORDER BY search_queue.order_id LIMIT ?
        """
    static let searchQueueCount = "SELECT count(*) FROM search_queue"
    static let searchedOrder = "SELECT version, hashes FROM search_orders WHERE order_id = ?"
    static let insertSearchKey = "INSERT OR IGNORE INTO search_keys (hash, order_id) VALUES (?, ?)"
    static let deleteSearchKey = "DELETE FROM search_keys WHERE hash = ? AND order_id = ?"
    static let setSearchedOrder = """
        INSERT INTO search_orders (order_id, version, hashes) VALUES (?, ?, ?)
        ON CONFLICT (order_id) DO UPDATE SET version = excluded.version, hashes = excluded.hashes
        """
    /// Only as it was when its hashes were made: an order that was written again stays.
    static let unqueueForSearch = "DELETE FROM search_queue WHERE order_id = ? AND version <= ?"
}
