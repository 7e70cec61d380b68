/**
 * Where a webhook must never lead: this machine, private networks, and what clouds answer to whoever
 * asks from inside. Judged on the address that is connected to, not on the name.
 */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries: what is not globally reachable, and multicast. */
const FORBIDDEN: readonly (readonly [address: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
];

/** Everything else in IPv6 is not given out, or is a way to an IPv4 address. */
const GLOBAL: readonly (readonly [address: string, bits: number])[] = [['2000::', 3]];
const NOT_GLOBAL: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4 carries an IPv4 address
  ['3fff::', 20],
];

export interface AddressRules {
  isForbidden(address: string): boolean;
}

export function addressRules(): AddressRules {
  const four = new BlockList();
  for (const [address, bits, family] of FORBIDDEN) four.addSubnet(address, bits, family);
  const [global, notGlobal] = [GLOBAL, NOT_GLOBAL].map((subnets) => {
    const list = new BlockList();
    for (const [address, bits] of subnets) list.addSubnet(address, bits, 'ipv6');
    return list;
  });
  return {
    isForbidden(address) {
      const family = isIP(address);
      if (family === 4) return four.check(address, 'ipv4');
      if (family !== 6) return true;
      return !global?.check(address, 'ipv6') || notGlobal?.check(address, 'ipv6') === true;
    },
  };
}
