#!/usr/bin/env bash
# Makes sure that the Debian packages of the named groups (build, test) and Swift are there.
# Installs what is missing as root or through password-less sudo; otherwise prints the line to run.
set -euo pipefail

build=(
    build-essential ca-certificates fonts-noto-cjk git libargon2-dev libharfbuzz-dev libjemalloc-dev libpango1.0-dev
    libpq-dev libqrencode-dev libsqlite3-dev libzbar-dev libzstd-dev pkg-config tzdata zlib1g-dev
)
test=(chromium poppler-utils postgresql postgresql-client python3 python3-venv sqlite3 zbar-tools zstd)
swift_needed=6.3

packages=()
for group in "$@"; do
    case $group in
        build) packages+=("${build[@]}") ;;
        test) packages+=("${test[@]}") ;;
        *) echo "setup: unknown group $group; build and test exist" >&2; exit 2 ;;
    esac
done

# An address of a package server is nobody's business in a log.
without_addresses() { sed -E 's#[a-z+]+://[^ ]+#(address)#g'; }

check_swift() {
    local version
    if ! command -v swift >/dev/null; then
        echo "setup: Swift $swift_needed or newer is needed and no 'swift' is on the PATH." >&2
        echo "       Install it from swift.org (tarball for your distribution) and put its usr/bin on the PATH." >&2
        exit 1
    fi
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    if [[ "$(printf '%s\n' "$swift_needed" "${version:-0}" | sort -V | head -n 1)" != "$swift_needed" ]]; then
        echo "setup: Swift $swift_needed or newer is needed; this one is ${version:-unknown}." >&2
        exit 1
    fi
}

missing_packages() {
    local installed
    installed=$(dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
    for package in "${packages[@]}"; do
        grep -qx "ii  $package" <<<"$installed" || echo "$package"
    done
}

check_swift
if ! command -v dpkg-query >/dev/null; then
    echo "setup: not a Debian system; these packages, or what they are called here, must be there: ${packages[*]}" >&2
    exit 0
fi
mapfile -t missing < <(missing_packages)
[[ ${#missing[@]} -gt 0 ]] || exit 0

line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
run=()
if [[ $(id -u) -ne 0 ]]; then
    if ! sudo -n true 2>/dev/null; then
        echo "setup: packages are missing and this user may not install them. Run this line, then try again:" >&2
        echo "    sudo sh -c '$line'" >&2
        exit 1
    fi
    run=(sudo -n)
fi
echo "setup: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# A stale list is no reason to stop: what is missing shows in the installation.
"${run[@]}" apt-get update -qq >"$log" 2>&1 || without_addresses <"$log" >&2
if ! "${run[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" | without_addresses >&2
    echo "setup: the installation failed; the line was: $line" >&2
    exit 1
fi
