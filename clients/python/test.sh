#!/bin/sh
# Tests the Python client in a virtual environment of its own, made in a temporary directory and removed again:
# style, types, unit tests, and the conformance cases against a live server where this repository can start one.
# PYTHON names the interpreter (at least 3.10); what follows the script's name goes to pytest.
# The last line is `N passed, N failed[, N skipped]`.
set -u

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python=${PYTHON:-python3}
passed=0
failed=0
skipped=0

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "$python is not Python 3.10 or later"
  echo '0 passed, 1 failed'
  exit 1
fi

# A copy is built, so that nothing is written beside the sources.
tar -C "$here" --exclude=__pycache__ -cf - pyproject.toml README.md src | (mkdir "$scratch/copy" && tar -C "$scratch/copy" -xf -)
"$python" -m venv "$scratch/venv" || exit 1
bin=$scratch/venv/bin
if ! "$bin/pip" install --quiet --disable-pip-version-check "$scratch/copy[test]"; then
  echo 'the package can not be installed'
  echo '0 passed, 1 failed'
  exit 1
fi

cd "$here" || exit 1
export PYTHONDONTWRITEBYTECODE=1 RUFF_NO_CACHE=true

# one NAME COMMAND...: a command that says nothing but whether it worked is one test.
one() {
  name=$1
  shift
  echo "--- $name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

one 'style' "$bin/ruff" check .
one 'format' "$bin/ruff" format --check .
one 'types' "$bin/mypy" --cache-dir="$scratch/mypy"

echo '--- tests'
"$bin/pytest" -q --junitxml="$scratch/report.xml" "$@"
status=$?
counts=$("$bin/python" - "$scratch/report.xml" <<'PYTHON'
import sys
from xml.etree import ElementTree

suite = ElementTree.parse(sys.argv[1]).getroot().find("testsuite")
bad = int(suite.get("failures")) + int(suite.get("errors"))
skipped = int(suite.get("skipped"))
print(int(suite.get("tests")) - bad - skipped, bad, skipped)
PYTHON
) || counts='0 1 0'
set -- $counts
[ "$status" = 0 ] || [ "$2" != 0 ] || set -- "$1" 1 "$3"
passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))

if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
