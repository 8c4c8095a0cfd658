/** Rules of kube-proxy and of the network plugin, which firewalld before 2.0 takes away when it reloads. */
export const KUBE = `kube() {
  c=0
  if command -v iptables-save >/dev/null; then s=$(iptables-save 2>/dev/null)
  elif command -v nft >/dev/null; then s=$(nft list ruleset 2>/dev/null)
  else return 0; fi
  case $s in *KUBE-* | *CNI-*) ;; *) printf '@kube\\n0\\n'; return 0 ;; esac
  IFS=$L; set -f
  for l in $s; do case $l in '-A KUBE-'* | '-A CNI-'* | *'chain KUBE-'* | *'chain CNI-'* | *' jump KUBE-'* | *' jump CNI-'* | *' goto KUBE-'*) c=$((c + 1)) ;; esac; done
  printf '@kube\\n%s\\n' "$c"
}`;

/** What a reload of firewalld would drop beside zones: running settings of policies, and entries of ipsets, that are not permanent. */
export const UNSAVED = `bus() { busctl --system --auto-start=no --timeout=15 call $D "$@" 2>/dev/null; }
differs() {
  o=$(bus $P/config $D.config "$2" s "$1") || return
  o=\${o#*\\"}
  a=$(bus $P "$3" "$4" s "$1") && b=$(bus "\${o%\\"}" "$5" "$6") && [ "$a" != "$b" ] &&
    [ "$(printf '%s' "$a" | tr ' ' '\\n' | sort)" != "$(printf '%s' "$b" | tr ' ' '\\n' | sort)" ]
}
unsaved() {
  [ $access = dbus ] || return 0
  printf '@unsaved\\n'; IFS=$space; set +f
  for f in "$E"/policies/*.xml; do
    [ -e "$f" ] || continue
    f=\${f##*/} f=\${f%.xml}
    ! differs "$f" getPolicyByName $D.policy getPolicySettings $D.config.policy getSettings || printf 'policy %s\\n' "$f"
  done
  for f in "$E"/ipsets/*.xml; do
    [ -e "$f" ] || continue
    f=\${f##*/} f=\${f%.xml}
    ! differs "$f" getIPSetByName $D.ipset getEntries $D.config.ipset getEntries || printf 'ipset %s\\n' "$f"
  done
  set -f; IFS=$L
}`;
