"""The guide with pyinfra: it has no firewalld operations, so two facts a zone (firewall-cmd --list-all, running and
permanent) and one firewall-cmd a kind of item and layer for what is missing. Ranges count as open (in its favour)."""

import os
import re

from pyinfra import host
from pyinfra.api import FactBase, operation

EXTERNAL = "80/tcp 443/tcp 9095/tcp 6379/tcp 8125/tcp 8125/udp".split()
NODES = (
    "2379-2380/tcp 6443/tcp 8472/udp 10250/tcp 5001/tcp 9500-9503/tcp 8500-8504/tcp 10000-30000/tcp 3260/tcp 2049/tcp"
).split()
NETWORKS = ["10.42.0.0/16", "10.43.0.0/16"]
GUIDES = {
    "segregated": {
        "public": {"interfaces": ["eth0"], "ports": EXTERNAL},
        "trusted": {"interfaces": ["eth1"], "sources": NETWORKS},
    },
    "shared": {"public": {"interfaces": ["eth0"], "sources": NETWORKS, "ports": NODES + EXTERNAL}},
}


class FirewalldZone(FactBase):
    def command(self, zone, permanent):
        return f"firewall-cmd {'--permanent ' if permanent else ''}--zone={zone} --list-all"

    def process(self, output):
        pairs = (line.strip().partition(":") for line in output)
        return {name: text.split() for name, _, text in pairs}


def numbers(port):
    low, high, protocol = re.fullmatch(r"(\d+)(?:-(\d+))?/(\w+)", port).groups()
    return int(low), int(high or low), protocol


def there(kind, item, items):
    if kind != "ports":
        return item in items
    low, high, protocol = numbers(item)
    return any(p == protocol and a <= low and high <= b for a, b, p in map(numbers, items))


@operation()
def firewalld_zone(zone, wanted):
    for permanent in (True, False):
        seen = host.get_fact(FirewalldZone, zone=zone, permanent=permanent)
        flag = "--permanent " if permanent else ""
        for kind, verb in (("interfaces", "change-interface"), ("sources", "add-source"), ("ports", "add-port")):
            missing = [item for item in wanted.get(kind, []) if not there(kind, item, seen.get(kind, []))]
            if missing:
                options = " ".join(f"--{verb}={item}" for item in missing)
                yield f"firewall-cmd {flag}--zone={zone} {options}"


for name, wanted in GUIDES[os.environ["GUIDE"]].items():
    firewalld_zone(zone=name, wanted=wanted)
