import { BUS, OBJECT } from './busctl-call.ts';

/** The call of dbus-send that reads what a zone runs; a word `string:ZONE` is to follow. Its first line differs each time. */
export const READ_ZONE = `dbus-send --system --print-reply --reply-timeout=15000 --dest=${BUS} ${OBJECT} ${BUS}.zone.getZoneSettings2`;

/** Files by which the bus would start firewalld when it is called: dbus-send cannot ask the bus not to, as busctl does. */
export const STARTERS =
  '/usr/share/dbus-1/system-services/*FirewallD1* /usr/local/share/dbus-1/system-services/*FirewallD1* /etc/dbus-1/system-services/*FirewallD1* /run/dbus-1/system-services/*FirewallD1* /lib/dbus-1/system-services/*FirewallD1*';
