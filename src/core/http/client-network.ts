import { isIPv6 } from 'node:net';

const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/;
const MAX_LENGTH = 64;

/**
 * Returns the rate-limit key of an address: an IPv4 address itself, also where it is mapped into IPv6; the /64 of an
 * IPv6 one, all of which one customer has. A port, which some proxies forward, is dropped.
 */
export function networkPrefixOf(ip: string): string {
  const [, bracketed, dotted] = WITH_PORT.exec(ip) ?? [];
  const address = (bracketed ?? dotted ?? ip).split('%', 1)[0] as string;
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH);
  const groups = groupsOf(address);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped)
    return groups
      .flatMap((group) => [group >> 8, group & 0xff])
      .slice(-4)
      .join('.');
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(':')}::/64`;
}

/**
 * Returns the network in which an address is usually announced: the /24 of IPv4, the /48 of IPv6. Limits resources
 * that few addresses need and an attacker must not multiply by many addresses.
 */
export function sitePrefixOf(ip: string): string {
  const network = networkPrefixOf(ip);
  const ipv4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(network)?.[1];
  if (ipv4) return `${ipv4}.0/24`;
  const ipv6 = /^((?:[\da-f]+:){3})[\da-f]+::\/64$/.exec(network)?.[1];
  return ipv6 ? `${ipv6}:/48` : network;
}

/** Returns the eight groups of an IPv6 address in any notation. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
    .map((part) => part.map((group) => Number.parseInt(group, 16)));
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
