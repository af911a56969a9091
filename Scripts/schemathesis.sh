#!/usr/bin/env bash
# Holds a running hub against its own /openapi.json: at least 50 generated requests for each operation, good and bad
# ones. Fails on an answer of 500 or above and on any answer that the description does not allow.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=4.32.5
python=.build-tools/python
stamp=$python/schemathesis-$version
examples=${HYDRANT_EXAMPLES:-50}
binary=${HYDRANT_BINARY:-.build/release/hydrant}

without_addresses() { sed -E 's#[a-z+]+://[^ ]+#(address)#g'; }

if [[ ! -e $stamp ]]; then
    rm -rf "$python"
    mkdir -p .build-tools
    python3 -m venv "$python"
    if ! "$python/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" \
        >"$python/install.log" 2>&1; then
        without_addresses <"$python/install.log" >&2
        exit 1
    fi
    touch "$stamp"
fi

folder=$(mktemp -d)
hub=
finish() {
    local code=$?
    if [[ -n $hub ]]; then
        kill "$hub" 2>/dev/null || true
        wait "$hub" 2>/dev/null || true
    fi
    if [[ $code -eq 0 ]]; then rm -rf "$folder"; else echo "schemathesis: the log of the hub is $folder/hub.log" >&2; fi
    exit "$code"
}
trap finish EXIT

# Partners that nobody asks anything of, so that pushes find a receiver.
export HYDRANT_PUSH_TOKEN=a-token-of-the-courier HYDRANT_TOKEN_FILE=$folder/token
cat >"$folder/connectors.yaml" <<YAML
connectors: api-test
systems:
  - system: wms
    kind: qimen
    url: http://127.0.0.1:9/
    credentials: {appKey: key, secret: secret, customerId: customer}
    options: {ownerCode: OWNER, warehouseCode: W1, logisticsCode: SF}
  - system: sf
    kind: sf
    url: http://127.0.0.1:9/
    credentials: {partnerId: partner, checkWord: word, pushToken: $HYDRANT_PUSH_TOKEN}
YAML

"$binary" serve --database "$folder/hub.sqlite" --port 0 --token-file "$folder/token" \
    --connectors "$folder/connectors.yaml" --webhook-secret-file "$folder/secret" >"$folder/hub.log" 2>&1 &
hub=$!

address=
for _ in $(seq 300); do
    address=$(sed -nE 's#.*listens on (http://127\.0\.0\.1:[0-9]+).*#\1#p' "$folder/hub.log" | head -n 1)
    [[ -z $address ]] || break
    if ! kill -0 "$hub" 2>/dev/null; then
        cat "$folder/hub.log" >&2
        exit 1
    fi
    sleep 0.1
done
[[ -n $address ]] || { echo "schemathesis: the hub did not come up" >&2; exit 1; }

python3 Scripts/schemathesis_seed.py "$address" "$folder/token" "$folder/secret"

# The signing hook reads the secret; the token goes into every request.
export HYDRANT_WEBHOOK_SECRET_FILE=$folder/secret
export SCHEMATHESIS_HOOKS=schemathesis_signing PYTHONPATH=$PWD/Scripts PYTHONDONTWRITEBYTECODE=1
cat >"$folder/schemathesis.toml" <<TOML
headers = { Authorization = "Bearer $(cat "$folder/token")" }

[checks]
# A flood of attempts to sign in is turned away before its forms are read.
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "413", "415", "422", "429"]

# A list with a bad fact in it is answered with 200 and a result for each fact: the good ones are taken.
[[operations]]
include-path = "/v1/facts"
checks.negative_data_rejection.enabled = false

# Partners are told what is wrong in their own protocol, which many answer with 200.
[[operations]]
include-path = "/push/{system}"
checks.negative_data_rejection.enabled = false

[[operations]]
include-path = "/push/{system}/{rest}"
checks.negative_data_rejection.enabled = false

# What may be a telephone number or a name is refused in an address, and no schema can tell. POST takes every text.
[[operations]]
include-path = "/v1/search"
include-method = "GET"
checks.positive_data_acceptance.enabled = false
TOML
chmod 600 "$folder/schemathesis.toml"
schemathesis=$PWD/$python/bin/schemathesis
cd "$folder" # where it leaves what it remembers
"$schemathesis" --config-file "$folder/schemathesis.toml" run "$address/openapi.json" \
    --max-examples "$examples" --seed "${HYDRANT_SEED:-1}" --workers 1 --request-timeout 20 \
    --continue-on-failure --no-color
kill -0 "$hub" 2>/dev/null || { echo "schemathesis: the hub died" >&2; exit 1; }
