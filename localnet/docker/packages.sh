#!/bin/sh
# A step of the image's build: install into /opt/lampd what requirements.lock pins, then lampd from its wheel.
#
# Usage: packages.sh dependencies | lamppost, in the folder with pyproject.toml. With a wheel of pip beside it the
# packages come from that folder alone, without a network; else from where the image's own pip gets them.
set -eu

pip="python3 -m pip"
for wheel in pip-*.whl; do
    if [ -e "$wheel" ]; then
        pip="python3 $wheel/pip"
        export PIP_NO_INDEX=1 PIP_FIND_LINKS=.
    fi
done
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=requirements.lock PIP_ROOT_USER_ACTION=ignore

case $1 in
dependencies)
    python3 -m venv --without-pip tools
    python3 -m venv --without-pip /opt/lampd
    $pip --python tools install --quiet hatchling
    python3 -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))' \
        >runtime.txt
    $pip --python /opt/lampd install --quiet --only-binary :all: -r runtime.txt
    # What only developers read: tests of packages, sources of extensions, stubs.
    find /opt/lampd/lib -depth -type d \( -name SelfTest -o -name tests -o -name test \) -exec rm -rf {} +
    find /opt/lampd/lib -type f \( -name '*.pyi' -o -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' \) -delete
    ;;
lamppost)
    $pip --python tools wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
    $pip --python /opt/lampd install --quiet --no-deps --no-index dist/*.whl
    /opt/lampd/bin/lampd version
    ;;
*)
    echo "packages.sh: there are dependencies and lamppost, not $1" >&2
    exit 2
    ;;
esac
