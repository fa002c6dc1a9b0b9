#!/bin/sh
# The first process of a container: lampd's commands by their names, everything else as it is.
#
# What runs for long gets this shell above it, which forwards the request to stop. The kernel spares a container's first
# process from signals that it handles not yet, so lampd in that place could not be stopped while it is starting.
set -u

# Set before anything is started: a request to stop that comes earlier would be lost.
child=
stopping=
trap 'stopping=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT HUP

supervise() {
    [ -z "$stopping" ] || exit 0
    "$@" &
    child=$!
    [ -z "$stopping" ] || kill -TERM "$child" 2>/dev/null
    code=0
    while :; do
        wait "$child"
        code=$?
        # A signal ends the wait, not the child.
        kill -0 "$child" 2>/dev/null || break
    done
    exit "$code"
}

# Flags alone are those of `lampd start`.
case ${1:--} in
-*) set -- start "$@" ;;
esac

case $1 in
start)
    if [ ! -e "${LAMPD_HOME:?}/config/genesis.json" ]; then
        echo "entrypoint: there is no home of a node in $LAMPD_HOME; mount one there, or make one with the commands" \
            "init or testnet init-files of this image" >&2
        exit 1
    fi
    supervise lampd "$@"
    ;;
gateway | device)
    supervise lampd "$@"
    ;;
*)
    # A program by its path or name; the names of lampd's commands are none.
    if command -v "$1" >/dev/null 2>&1; then
        exec "$@"
    fi
    exec lampd "$@"
    ;;
esac
