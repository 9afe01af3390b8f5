#!/usr/bin/env bash
# Checks with the onnx package, ONNX Runtime and OpenVINO what erde writes.
# Usage: run.sh PATH_TO_ERDE [MODEL.pb DATA.erds]; without a model a small one is trained on the bundled images.
# Skips, with the reason, where there is no Python or the packages cannot be had; INTEROP=required fails instead.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
environment="$root/.interop"

skip() {
    echo "interop: skipped: $1" >&2
    [ "${INTEROP:-}" = required ] && exit 1
    exit 0
}

[ $# -ge 1 ] || { echo "usage: run.sh PATH_TO_ERDE [MODEL.pb DATA.erds]" >&2; exit 64; }
command -v python3 >/dev/null || skip "python3 is not installed"
if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
    rm -rf "$environment"
    python3 -m venv "$environment" >/dev/null 2>&1 || skip "python3 cannot make a virtual environment (python3-venv)"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --retries 1 --requirement "$here/requirements.txt" >&2 ||
        skip "the Python packages of Tests/Interop/requirements.txt cannot be had"
    cp "$here/requirements.txt" "$environment/installed.txt"
fi
"$environment/bin/python" "$here/check.py" "$@"
