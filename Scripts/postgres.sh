#!/usr/bin/env bash
# A PostgreSQL cluster of its own for tests: postgres.sh FOLDER [NAME=VALUE...]
# Makes it in FOLDER, which must not exist, on a free port of 127.0.0.1 and a socket in FOLDER; prints the folder's socket
# address once it answers, and stops and removes everything when standard input ends. Never touches another cluster.
set -euo pipefail
folder=$1
shift

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[[ -x $programs/initdb ]] || programs=$(dirname "$(command -v initdb || echo /none/initdb)")
if [[ ! -x $programs/initdb || ! -x $programs/postgres ]]; then
    echo "postgres.sh: no PostgreSQL server programs; Scripts/setup.sh test installs them" >&2
    exit 2
fi

# The server refuses to run as root.
as_user=()
if [[ $(id -u) -eq 0 ]]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir -m 0755 "$folder"
[[ ${#as_user[@]} -eq 0 ]] || chown "$user" "$folder"

server=
finish() {
    trap - EXIT
    if [[ -n $server ]] && kill -QUIT "$server" 2>/dev/null; then wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

cd "$folder"
"${as_user[@]}" "$programs/initdb" --pgdata "$folder/data" --username hydrant --auth trust --encoding UTF8 \
    --locale C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 2; }
settings=(
    "listen_addresses=127.0.0.1" "port=$port" "unix_socket_directories=$folder" "max_connections=400"
    "shared_buffers=256MB" "max_wal_size=4GB" "log_min_messages=warning" "timezone=UTC" "$@"
)
arguments=()
for setting in "${settings[@]}"; do arguments+=(-c "$setting"); done
"${as_user[@]}" "$programs/postgres" -D "$folder/data" "${arguments[@]}" </dev/null >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
    if "$programs/pg_isready" -q -U hydrant -d postgres -h "$folder" -p "$port"; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 2; }
    sleep 0.05
done
echo "$folder $port $server"
cat >/dev/null
