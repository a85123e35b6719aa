# Sourced by shell tests: TAP lines that tests/run counts.
tap_n=0
ok() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1"; }
not_ok() { tap_n=$((tap_n + 1)); echo "not ok $tap_n - $1"; shift; for l in "$@"; do printf '# %s\n' "$l"; done; }
# check NAME COMMAND... : passes if the command succeeds
check() { local name=$1; shift; if "$@" >"$TMP/out" 2>&1; then ok "$name"; else not_ok "$name" "$(tail -n 5 "$TMP/out")"; fi; }
# same NAME EXPECTED ACTUAL
same() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected: $2" "     got: $3"; fi; }
