import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { clientNetworks } from './remote-address.js';

/** A request from an address, with what proxies have said. */
function requestFrom(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor;
  return request;
}

describe('The network of a client', () => {
  it.each([
    ['its address', '203.0.113.7', '203.0.113.7'],
    ['an IPv4 address that is mapped into IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['the /64 of an IPv6 address', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ])('is %s', (_, address, network) => {
    const request = requestFrom(address, '192.0.2.1');
    const networkOf = clientNetworks([]);
    expect([networkOf(request), networkOf(request)]).toEqual([network, network]);
  });

  it.each([
    ['what a trusted proxy says', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['what the first of two trusted proxies says', '10.0.0.1', '198.51.100.9, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['the /64 that a trusted proxy says', '10.0.0.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['its own address where it is no proxy', '192.0.2.1', '203.0.113.7', '192.0.2.1'],
    ['that of the proxy where it says nothing', '10.0.0.1', undefined, '10.0.0.1'],
  ])('is %s, behind proxies', (_, address, forwardedFor, network) => {
    expect(clientNetworks(['10.0.0.0/8'])(requestFrom(address, forwardedFor))).toBe(network);
  });
});
