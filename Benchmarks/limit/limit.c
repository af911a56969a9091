/* The limit that the hub is compared with: how many facts a second a plain C program makes durable when it writes the
 * rows that the hub writes, to the same kind of database, in the same batch sizes. It decides nothing, parses nothing
 * and hashes nothing. What it costs beyond the rows is SQLite and the disk.
 *
 * One fact is: the look-up of its message, the look-up of its order, one inbox row, events-per-1000 / 1000 event rows
 * on average, and one write of its order's row per batch. Orders are drawn from a pool of open ones, and each leaves
 * the pool after its facts, so that facts of one order lie among those of thousands of others.
 *
 * Prints {"BATCH": facts per second, ...}.   cc -O2 limit.c -lsqlite3 -o limit
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { maximum_batches = 16, maximum_batch = 10000 };

struct options {
    const char *directory;
    int batches[maximum_batches];
    int batch_count;
    double seconds;
    int preload_facts;
    int facts_per_order;
    int open_orders;
    int inbox_bytes;
    int event_bytes;
    int events_per_1000;
    int checkpoint_pages;
    int cache_kib;
};

struct pool_order {
    char number[32];
    int64_t id; /* 0 until its row exists */
    int version;
    int facts;
    int in_batch; /* the last batch that wrote it */
    int is_saved; /* its row is as it should be */
};

struct limit {
    const struct options *options;
    sqlite3 *database;
    sqlite3_stmt *begin, *commit, *find_message, *find_order;
    sqlite3_stmt *insert_inbox, *insert_order, *update_order, *insert_event;
    struct pool_order *pool;
    struct pool_order *touched[maximum_batch];
    uint64_t random;
    int64_t next_order;
    int64_t next_message;
    int batch_number;
    unsigned char *bytes; /* random; rows take slices of it */
};

enum { bytes_length = 1 << 20, hash_bytes = 32 };

static void fail(sqlite3 *database, const char *what) {
    fprintf(stderr, "limit: %s: %s\n", what, database ? sqlite3_errmsg(database) : "");
    exit(1);
}

static uint64_t next_random(struct limit *limit) {
    uint64_t x = limit->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return limit->random = x;
}

static const unsigned char *random_slice(struct limit *limit, int length) {
    return limit->bytes + next_random(limit) % (uint64_t)(bytes_length - length);
}

static double now_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(database, sql);
}

static sqlite3_stmt *prepared(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) fail(database, sql);
    return statement;
}

/* Runs a statement to its end; returns 1 when it gave a row. The first column of the row goes to `first`. */
static int finish(struct limit *limit, sqlite3_stmt *statement, int64_t *first) {
    int found = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (first) *first = sqlite3_column_int64(statement, 0);
        found = 1;
    }
    if (code != SQLITE_DONE) fail(limit->database, sqlite3_sql(statement));
    sqlite3_reset(statement);
    return found;
}

/* The hub's tables with their checks. Its triggers are left out: they guard the hub against itself. */
static const char *schema =
    "CREATE TABLE orders(id INTEGER PRIMARY KEY, number TEXT NOT NULL CHECK (number <> ''),"
    " version INTEGER NOT NULL CHECK (version >= 1), state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),"
    " state_since INTEGER, completion TEXT NOT NULL CHECK"
    " (completion IN ('open', 'partially-completed', 'completed', 'cancelled')),"
    " holds INTEGER NOT NULL CHECK (holds >= 0), verdict TEXT CHECK (verdict IN ('wrong', 'late', 'unknown')),"
    " placed_at INTEGER, changed_at INTEGER NOT NULL, health INTEGER NOT NULL CHECK (health BETWEEN 0 AND 65535),"
    " changes_at INTEGER, chain_head BLOB NOT NULL CHECK (length(chain_head) = 32), UNIQUE(number)) STRICT;"
    "CREATE TABLE events(id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id),"
    " number INTEGER NOT NULL CHECK (number >= 1), bytes BLOB NOT NULL,"
    " hash BLOB NOT NULL CHECK (length(hash) = 32), UNIQUE(order_id, number)) STRICT;"
    "CREATE TABLE inbox(id INTEGER PRIMARY KEY, source TEXT NOT NULL CHECK (source <> ''),"
    " message_id TEXT NOT NULL CHECK (message_id <> ''), order_number TEXT NOT NULL, received_at INTEGER NOT NULL,"
    " body_hash INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE(source, message_id)) STRICT;";

static void remove_database(const char *path) {
    char name[4200];
    static const char *endings[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

static void open_database(struct limit *limit, const char *path) {
    const struct options *options = limit->options;
    char pragma[128];
    sqlite3_stmt *asked;
    remove_database(path);
    if (sqlite3_open_v2(path, &limit->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL))
        fail(limit->database, "open");
    run(limit->database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    snprintf(pragma, sizeof pragma, "PRAGMA wal_autocheckpoint = %d", options->checkpoint_pages);
    run(limit->database, pragma);
    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d", options->cache_kib);
    run(limit->database, pragma);
    run(limit->database, "PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY");
    asked = prepared(limit->database, "PRAGMA synchronous");
    if (sqlite3_step(asked) != SQLITE_ROW || sqlite3_column_int(asked, 0) != 2) fail(NULL, "synchronous is not FULL");
    sqlite3_finalize(asked);
    run(limit->database, schema);
    limit->begin = prepared(limit->database, "BEGIN IMMEDIATE");
    limit->commit = prepared(limit->database, "COMMIT");
    limit->find_message = prepared(limit->database, "SELECT body_hash FROM inbox WHERE source = ? AND message_id = ?");
    limit->find_order = prepared(
        limit->database, "SELECT id, version, state, state_since, completion, holds, verdict, placed_at, changed_at,"
                         " health, changes_at, chain_head FROM orders WHERE number = ?");
    limit->insert_inbox = prepared(
        limit->database, "INSERT INTO inbox(source, message_id, order_number, received_at, body_hash, sealed)"
                         " VALUES (?, ?, ?, ?, ?, ?)");
    limit->insert_order = prepared(
        limit->database,
        "INSERT INTO orders(number, version, state, state_since, completion, holds, verdict, placed_at, changed_at,"
        " health, changes_at, chain_head) VALUES (?, ?, ?, ?, 'open', 0, NULL, ?, ?, ?, ?, ?)");
    limit->update_order = prepared(
        limit->database, "UPDATE orders SET version = ?, state = ?, state_since = ?, completion = 'open', holds = 0,"
                         " verdict = NULL, changed_at = ?, health = ?, changes_at = ?, chain_head = ? WHERE id = ?");
    limit->insert_event =
        prepared(limit->database, "INSERT INTO events(order_id, number, bytes, hash) VALUES (?, ?, ?, ?)");
}

static void close_database(struct limit *limit, const char *path) {
    sqlite3_stmt *statements[] = {limit->begin, limit->commit, limit->find_message, limit->find_order,
                                  limit->insert_inbox, limit->insert_order, limit->update_order, limit->insert_event};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) sqlite3_finalize(statements[i]);
    if (sqlite3_close(limit->database) != SQLITE_OK) fail(limit->database, "close");
    remove_database(path);
}

static void renew(struct limit *limit, struct pool_order *order) {
    memset(order, 0, sizeof *order);
    order->in_batch = -1;
    snprintf(order->number, sizeof order->number, "SO-2026-%08lld", (long long)limit->next_order++);
}

/* Looks up the message and the order, writes the inbox row and the events. */
static void take_fact(struct limit *limit, struct pool_order *order, int *touched) {
    const struct options *options = limit->options;
    char message[48];
    int length = snprintf(message, sizeof message, "shop-message-%012lld", (long long)limit->next_message++);
    int events = options->events_per_1000 / 1000;
    if ((int)(next_random(limit) % 1000) < options->events_per_1000 % 1000) events++;

    sqlite3_bind_text(limit->find_message, 1, "shop", 4, SQLITE_STATIC);
    sqlite3_bind_text(limit->find_message, 2, message, length, SQLITE_STATIC);
    if (finish(limit, limit->find_message, NULL)) fail(NULL, "a message came twice");

    if (order->in_batch != limit->batch_number) {
        order->in_batch = limit->batch_number;
        limit->touched[(*touched)++] = order;
        sqlite3_bind_text(limit->find_order, 1, order->number, -1, SQLITE_STATIC);
        int found = finish(limit, limit->find_order, &order->id);
        if (found != (order->version > 0)) fail(NULL, "an order is not as it was left");
        if (!found) { /* the order's row is first, so that its events can refer to it */
            sqlite3_bind_text(limit->insert_order, 1, order->number, -1, SQLITE_STATIC);
            sqlite3_bind_int(limit->insert_order, 2, events);
            sqlite3_bind_int(limit->insert_order, 3, 0);
            sqlite3_bind_int64(limit->insert_order, 4, 1794326400000);
            sqlite3_bind_int64(limit->insert_order, 5, 1794326400000);
            sqlite3_bind_int64(limit->insert_order, 6, 1794326400000 + limit->next_message);
            sqlite3_bind_int(limit->insert_order, 7, 3);
            sqlite3_bind_int64(limit->insert_order, 8, 1794333600000);
            sqlite3_bind_blob(limit->insert_order, 9, random_slice(limit, hash_bytes), hash_bytes, SQLITE_STATIC);
            finish(limit, limit->insert_order, NULL);
            order->id = sqlite3_last_insert_rowid(limit->database);
        }
        order->is_saved = !found;
    } else {
        order->is_saved = 0;
    }
    sqlite3_bind_text(limit->insert_inbox, 1, "shop", 4, SQLITE_STATIC);
    sqlite3_bind_text(limit->insert_inbox, 2, message, length, SQLITE_STATIC);
    sqlite3_bind_text(limit->insert_inbox, 3, order->number, -1, SQLITE_STATIC);
    sqlite3_bind_int64(limit->insert_inbox, 4, 1794326400000 + limit->next_message);
    sqlite3_bind_int64(limit->insert_inbox, 5, (int64_t)next_random(limit));
    sqlite3_bind_blob(
        limit->insert_inbox, 6, random_slice(limit, options->inbox_bytes), options->inbox_bytes, SQLITE_STATIC);
    finish(limit, limit->insert_inbox, NULL);
    for (int i = 0; i < events; i++) {
        sqlite3_bind_int64(limit->insert_event, 1, order->id);
        sqlite3_bind_int(limit->insert_event, 2, ++order->version);
        sqlite3_bind_blob(
            limit->insert_event, 3, random_slice(limit, options->event_bytes), options->event_bytes, SQLITE_STATIC);
        sqlite3_bind_blob(limit->insert_event, 4, random_slice(limit, hash_bytes), hash_bytes, SQLITE_STATIC);
        finish(limit, limit->insert_event, NULL);
    }
    order->facts++;
}

static void save_order(struct limit *limit, struct pool_order *order) {
    int state = order->facts * 7 / limit->options->facts_per_order;
    sqlite3_bind_int(limit->update_order, 1, order->version);
    sqlite3_bind_int(limit->update_order, 2, state > 7 ? 7 : state);
    sqlite3_bind_int64(limit->update_order, 3, 1794326400000 + limit->next_message);
    sqlite3_bind_int64(limit->update_order, 4, 1794326400000 + limit->next_message);
    sqlite3_bind_int(limit->update_order, 5, 7);
    sqlite3_bind_int64(limit->update_order, 6, 1794333600000 + limit->next_message);
    sqlite3_bind_blob(limit->update_order, 7, random_slice(limit, hash_bytes), hash_bytes, SQLITE_STATIC);
    sqlite3_bind_int64(limit->update_order, 8, order->id);
    finish(limit, limit->update_order, NULL);
}

static void commit_batch(struct limit *limit, int batch) {
    int touched = 0;
    finish(limit, limit->begin, NULL);
    limit->batch_number++;
    for (int i = 0; i < batch; i++) {
        struct pool_order *order = &limit->pool[next_random(limit) % (uint64_t)limit->options->open_orders];
        take_fact(limit, order, &touched);
    }
    for (int i = 0; i < touched; i++)
        if (!limit->touched[i]->is_saved) save_order(limit, limit->touched[i]);
    finish(limit, limit->commit, NULL);
    for (int i = 0; i < touched; i++)
        if (limit->touched[i]->facts >= limit->options->facts_per_order) renew(limit, limit->touched[i]);
}

/* Facts per second at one batch size, in a database of its own. */
static double measure(const struct options *options, int batch) {
    struct limit limit = {.options = options, .random = 0x9E3779B97F4A7C15u};
    char path[4100];
    snprintf(path, sizeof path, "%s/limit-%d.sqlite", options->directory, batch);
    limit.pool = calloc((size_t)options->open_orders, sizeof *limit.pool);
    limit.bytes = malloc(bytes_length);
    if (!limit.pool || !limit.bytes) fail(NULL, "no memory");
    for (int i = 0; i < bytes_length; i += 8) {
        uint64_t word = next_random(&limit);
        memcpy(limit.bytes + i, &word, 8);
    }
    open_database(&limit, path);
    for (int i = 0; i < options->open_orders; i++) renew(&limit, &limit.pool[i]);
    for (int done = 0; done < options->preload_facts; done += 1000) commit_batch(&limit, 1000);

    int64_t facts = 0;
    double begin = now_seconds(), end;
    do {
        commit_batch(&limit, batch);
        facts += batch;
        end = now_seconds();
    } while (end - begin < options->seconds);
    close_database(&limit, path);
    free(limit.pool);
    free(limit.bytes);
    return (double)facts / (end - begin);
}

static void usage(void) {
    fprintf(stderr, "usage: limit [--directory DIR] [--batches 1,10,100] [--seconds S] [--preload-facts N]\n"
                    "             [--facts-per-order N] [--open-orders N] [--inbox-bytes N] [--event-bytes N]\n"
                    "             [--events-per-1000 N] [--checkpoint-pages N] [--cache-kib N]\n");
    exit(2);
}

static int whole_number(const char *text, int lowest, int highest) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < lowest || value > highest) usage();
    return (int)value;
}

static void read_batches(struct options *options, char *list) {
    options->batch_count = 0;
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        if (options->batch_count == maximum_batches) usage();
        options->batches[options->batch_count++] = whole_number(part, 1, maximum_batch);
    }
}

int main(int count, char **arguments) {
    struct options options = {
        .directory = ".", .batches = {1, 10, 100, 128, 1000}, .batch_count = 5, .seconds = 5, .preload_facts = 20000,
        .facts_per_order = 12, .open_orders = 5000, .inbox_bytes = 500, .event_bytes = 300, .events_per_1000 = 1600,
        .checkpoint_pages = 4000, .cache_kib = 32768};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        if (i + 1 == count) usage();
        char *value = arguments[i + 1];
        if (!strcmp(name, "--directory")) options.directory = value;
        else if (!strcmp(name, "--batches")) read_batches(&options, value);
        else if (!strcmp(name, "--seconds")) options.seconds = whole_number(value, 1, 3600);
        else if (!strcmp(name, "--preload-facts")) options.preload_facts = whole_number(value, 0, 100000000);
        else if (!strcmp(name, "--facts-per-order")) options.facts_per_order = whole_number(value, 1, 1000);
        else if (!strcmp(name, "--open-orders")) options.open_orders = whole_number(value, 1, 10000000);
        else if (!strcmp(name, "--inbox-bytes")) options.inbox_bytes = whole_number(value, 0, bytes_length / 2);
        else if (!strcmp(name, "--event-bytes")) options.event_bytes = whole_number(value, 1, bytes_length / 2);
        else if (!strcmp(name, "--events-per-1000")) options.events_per_1000 = whole_number(value, 1000, 100000);
        else if (!strcmp(name, "--checkpoint-pages")) options.checkpoint_pages = whole_number(value, 1, 10000000);
        else if (!strcmp(name, "--cache-kib")) options.cache_kib = whole_number(value, 100, 10000000);
        else usage();
    }
    printf("{");
    for (int i = 0; i < options.batch_count; i++) {
        double rate = measure(&options, options.batches[i]);
        printf("%s\"%d\": %.1f", i ? ", " : "", options.batches[i], rate);
        fflush(stdout);
    }
    printf("}\n");
    return 0;
}
