#!/bin/sh
# Run compose on the testnet of containers, whichever compose is installed. Usage: compose.sh COMMAND [ARGUMENT ...]
#
# `compose.sh ps`, `compose.sh logs -f node0`, `compose.sh exec node0 lampd status`. $LAMPPOST_PROJECT names another
# network than `lamppost`. Values that `make docker-testnet` chose are in build/docker/PROJECT.env.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=${LAMPPOST_PROJECT:-lamppost}
values=$here/../../build/docker/$project.env

if [ -n "${LAMPPOST_COMPOSE:-}" ]; then
    compose=$LAMPPOST_COMPOSE
elif docker compose version >/dev/null 2>&1; then
    compose="docker compose"
elif command -v docker-compose >/dev/null 2>&1; then
    compose=docker-compose
else
    echo "compose.sh: there is neither 'docker compose' nor 'docker-compose'; on Debian: apt-get install docker-compose" >&2
    exit 127
fi

prometheus=${LAMPPOST_PROMETHEUS_IMAGE:-}
if [ -e "$values" ]; then
    set -- --env-file "$values" "$@"
    [ -n "$prometheus" ] || prometheus=$(sed -n 's/^LAMPPOST_PROMETHEUS_IMAGE=//p' "$values")
fi
if docker image inspect "${prometheus:-prom/prometheus:latest}" >/dev/null 2>&1; then
    set -- -f "$here/compose.prometheus.yaml" "$@"
fi
# Unquoted: a command of two words.
exec $compose -p "$project" -f "$here/compose.yaml" "$@"
