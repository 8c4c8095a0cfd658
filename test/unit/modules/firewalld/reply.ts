import { Buffer } from 'node:buffer';
import type { Reply } from '../../../../src/model/transport.ts';
import type { FirewalldScope } from '../../../../src/modules/firewalld/state.ts';

/** The reply of a host that printed this text and exited 0. */
export const reply = (stdout: string, exit = 0): Reply => ({
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(''),
  exit,
});

export const scope = (more: Partial<FirewalldScope> = {}): FirewalldScope => ({
  zones: ['public', 'trusted'],
  interfaces: [],
  sources: [],
  services: [],
  definitions: false,
  mayReload: false,
  thorough: false,
  offline: false,
  ...more,
});

/** What a Debian 12 host with firewalld 1.3.3 printed: eth0 in public, a pod network in trusted. */
export const RECORDED = `@zones
/usr/lib/firewalld/zones/block.xml
/usr/lib/firewalld/zones/trusted.xml
/etc/firewalld/zones/public.xml
@poison
@net
eth0
eth1
lo
@access dbus
@files
/usr/lib/firewalld/zones/block.xml:<zone target="%%REJECT%%">
/usr/lib/firewalld/zones/block.xml:</zone>
/usr/lib/firewalld/zones/trusted.xml:<zone target="ACCEPT">
/usr/lib/firewalld/zones/trusted.xml:  <forward/>
/usr/lib/firewalld/zones/trusted.xml:</zone>
/etc/firewalld/zones/public.xml:<?xml version="1.0" encoding="utf-8"?>
/etc/firewalld/zones/public.xml:<zone>
/etc/firewalld/zones/public.xml:  <service name="ssh"/>
/etc/firewalld/zones/public.xml:  <port port="80" protocol="tcp"/>
/etc/firewalld/zones/public.xml:  <interface name="eth0"/>
/etc/firewalld/zones/public.xml:  <forward/>
/etc/firewalld/zones/public.xml:</zone>
/etc/firewalld/firewalld.conf:DefaultZone=public
/etc/firewalld/firewalld.conf:Lockdown=no
@runtime public
a{sv} 5 "target" s "default" "services" as 1 "ssh" "ports" a(ss) 1 "80" "tcp" "interfaces" as 1 "eth0" "forward" b true
@runtime trusted
a{sv} 3 "target" s "ACCEPT" "sources" as 1 "10.42.1.1/16" "forward" b true
@end
`;
