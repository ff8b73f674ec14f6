#!/bin/sh
# Make the Python environment in .venv from uv.lock, with a uv of the project's own in .tools/uv.
# PYTHON names the interpreter to use; without it the first one of 3.11 or later is taken.
set -eu

UV_VERSION=0.13.9
UV=.tools/uv/bin/uv

fail() {
    echo "$1" >&2
    exit 1
}

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if is_recent "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

describe_python() {
    "${PYTHON:-python3}" --version 2>/dev/null || echo "no ${PYTHON:-python3} at all"
}

python=$(find_python)
[ -n "$python" ] ||
    fail "Duecourse needs Python 3.11 or later and found $(describe_python): install one, or name it with 'make PYTHON=/path/to/python'."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python has no venv module: install it (Debian and Ubuntu: 'apt-get install python3-venv') and run make again."

if [ "$("$UV" --version 2>/dev/null | cut -d' ' -f2)" != "$UV_VERSION" ]; then
    echo "Installing uv $UV_VERSION into .tools/uv"
    "$python" -m venv --clear .tools/uv
    .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
fi

echo "Making .venv from uv.lock"
UV_PYTHON_DOWNLOADS=never "$UV" sync --quiet --frozen --python "$python"
