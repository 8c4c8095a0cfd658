#!/usr/bin/env bash
# npm run demo: from a fresh clone to three real hosts set up by playbooks/segregated.yml, and away again.
# It is also a test: it ends with an error as soon as anything is not as the text says.
set -eu
cd "$(dirname "$0")/../.."
say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
orch() { node dist/main.js "$@"; }

say 'Install and build'
[ -d node_modules ] || npm ci --no-audit --no-fund
npm run --silent build

say 'Three hosts on this machine, each with its own firewalld and sshd'
bash test/lab/lab.sh up 3
trap 'bash test/lab/lab.sh down' EXIT

say 'What would segregated.yml change? (nothing is touched)'
show orch check playbooks/segregated.yml -i lab

say 'Make it so'
show orch run playbooks/segregated.yml -i lab

say 'Once more: nothing is left to do, one handshake and one round trip per host'
show orch run playbooks/segregated.yml -i lab -v
orch check playbooks/segregated.yml -i lab --detailed-exitcode >/dev/null

say 'Verify: read only, by coverage, runtime and permanent'
show orch run playbooks/verify.yml -i lab

say 'Done. Taking the hosts down.'
