#!/bin/bash
# npm run test:matrix [-- BASE...]: the integration tests on hosts of each Debian release, so on firewalld 0.9, 1.3 and 2.3.
# ORCH_TESTS names files, to run only these. Ends with a table; one release that fails does not stop the others. Exit 1 when any failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
bases=("$@")
[ $# -gt 0 ] || bases=(bullseye bookworm trixie)
table='' failed=0
for base in "${bases[@]}"; do
  printf '\n== %s\n' "$base"
  log=$(mktemp)
  t0=$SECONDS
  bash test/lab/lab.sh base "$base" && ORCH_LAB_BASE=$base node scripts/integration.mjs ${ORCH_TESTS:-} 2>&1 | tee "$log"
  if [ "${PIPESTATUS[*]}" = '0 0' ]; then verdict=ok; else verdict=FAILED failed=1; fi
  tests=$(sed -nE 's/^ *([0-9]+ (passing|failing|pending)).*/\1/p' "$log" | paste -sd ' ')
  # shellcheck disable=SC2016 # a format of dpkg's
  version=$(chroot "${ORCH_LAB_CACHE:-/var/cache/orch-lab}/$base" dpkg-query -W -f '${Version}' firewalld 2>/dev/null)
  table+=$(printf '%-10s %-20s %-7s %4ss  %s' "$base" "${version:-?}" "$verdict" $((SECONDS - t0)) "${tests:-no tests ran}")$'\n'
  rm -f "$log"
done
printf '\n%-10s %-20s %-7s %5s  %s\n%s' release firewalld result time tests "$table"
exit $failed
