#!/bin/sh
# Make a base image's file system with debootstrap, for machines that reach no registry of images: Python and little else.
#
# Usage: base.sh OUTPUT.tar [PACKAGE ...], as root. Mirror, suite, component, proxy and trust are those of this machine's
# own apt configuration. Further packages are put in beside Python.
set -eu

fail() {
    echo "base.sh: $*" >&2
    exit 1
}

[ $# -ge 1 ] || fail "usage: base.sh OUTPUT.tar [PACKAGE ...]"
output=$1
shift
[ "$(id -u)" = 0 ] || fail "root is needed: debootstrap changes its root folder and makes device files"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
command -v apt-get >/dev/null || fail "apt is missing: this works on Debian and what derives from it"

. /etc/os-release
suite=${VERSION_CODENAME:-}
[ -n "$suite" ] || fail "/etc/os-release names no VERSION_CODENAME"

# What apt would fetch, whether its sources are in deb822 or in sources.list: one line for each repository.
targets() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages'
}
[ -n "$(targets)" ] || apt-get -qq update
mirror=$(targets | awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || fail "apt has no repository of suite $suite with component main"
origin=$(targets | awk -v suite="$suite" '$2 == suite && $3 == "main" { print $4; exit }')

# debootstrap takes a proxy from the environment, apt from its configuration.
proxy=$(apt-config shell proxy Acquire::http::Proxy)
eval "$proxy"
if [ -n "${proxy:-}" ] && [ "$proxy" != DIRECT ]; then
    export http_proxy="$proxy" https_proxy="$proxy"
fi

root=$(mktemp -d "${TMPDIR:-/var/tmp}/lamppost-base.XXXXXX")
# Exits by themselves do not run when a signal ends the shell, so those are turned into one.
trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM HUP

packages=python3
for package in "$@"; do packages="$packages,$package"; done
debootstrap --variant=minbase --components=main --include="$packages" "$suite" "$root" "$mirror" >"$output.log" 2>&1 ||
    fail "debootstrap failed: $(grep -E '^[EW]:' "$output.log" | tail -n 3 || true) (log: $output.log)"

# The suite's updates and security updates, from the repositories of the same origin that this machine takes them from.
targets | awk -v suite="$suite" -v origin="$origin" \
    '$4 == origin && index($2, suite) == 1 && $3 == "main" { print "deb", $1, $2, $3 }' >"$root/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root/etc/apt/apt.conf.d/00machine" || true
cp /etc/resolv.conf "$root/etc/resolv.conf"
in_root() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}
if in_root apt-get -qq update >>"$output.log" 2>&1; then
    in_root apt-get -qq -y upgrade >>"$output.log" 2>&1 || fail "upgrading failed (log: $output.log)"
else
    echo "base.sh: note: no updates of $suite, see $output.log" >&2
fi

# Nothing of the machine stays, and nothing that a container does not read.
rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/apt.conf.d/00machine" "$root/etc/resolv.conf" "$root/etc/hostname"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old "$root"/var/log/*
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/*
rm -rf "$root"/var/lib/dpkg/*-old "$root"/etc/machine-id "$root"/tmp/* "$root"/var/tmp/*
find "$root/usr/lib/python3"* -depth \( -name __pycache__ -o -name test -o -name idlelib -o -name lib2to3 \) \
    -exec rm -rf {} +
find "$root" -xdev -type f -perm /6000 -exec chmod a-s {} +
in_root python3 -m compileall -q /usr/lib/python3.[0-9]* >>"$output.log" 2>&1 || true
in_root python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' >"$output.python"

tar --numeric-owner --sort=name -C "$root" --exclude=./dev/* --exclude=./proc/* --exclude=./sys/* -cf "$output.part" .
mv "$output.part" "$output"
