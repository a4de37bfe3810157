import { addresses, normalOrigin } from './origin-forms.js';

describe('normalOrigin', () => {
  it.each([
    ['https://ctms.example.org', 'https://ctms.example.org'],
    ['https://ctms.example.org:443', 'https://ctms.example.org'],
    ['http://ctms.example.org:80/', 'http://ctms.example.org'],
    ['https://CTMS.Example.org.', 'https://ctms.example.org'],
    ['https://ctms.example.org:8443', 'https://ctms.example.org:8443'],
    ['https://prüfung.example', 'https://xn--prfung-4ya.example'],
    ['https://xn--prfung-4ya.example', 'https://xn--prfung-4ya.example'],
    ['http://[0:0::1]:3000', 'http://[::1]:3000'],
  ])('normalizes %s to %s', (text, form) => expect(normalOrigin(text)).toBe(form));

  it.each([
    'null',
    '',
    'ctms.example.org',
    'ftp://a.example',
    'https://a.example/x',
    'https://u@a.example',
    'file:///x',
  ])('rejects %j', (text) => expect(normalOrigin(text)).toBeUndefined());
});

describe('a Host header', () => {
  it.each([
    ['ctms.example.org:443', 'https://ctms.example.org'],
    ['ctms.example.org', 'https://ctms.example.org:443'],
    ['CTMS.example.org.', 'https://ctms.example.org'],
    ['ctms.example.org.:443', 'https://CTMS.example.org'],
    ['ctms.example.org:80', 'http://ctms.example.org'],
    ['xn--prfung-4ya.example', 'https://prüfung.example'],
    [Buffer.from('prüfung.example').toString('latin1'), 'https://xn--prfung-4ya.example'],
    ['[::1]:8000', 'http://[::1]:8000'],
  ])('%s addresses %s', (host, origin) => expect(addresses(host, origin)).toBe(true));

  it.each([
    ['ctms.example.org:443', 'http://ctms.example.org'],
    ['ctms.example.org', 'https://ctms.example.org:8443'],
    ['ctms.example.org.evil.example', 'https://ctms.example.org'],
    ['ctms.example.org@evil.example', 'https://ctms.example.org'],
    ['evil.example/ctms.example.org', 'https://ctms.example.org'],
    ['ctms.example.org:x', 'https://ctms.example.org'],
    ['', 'https://ctms.example.org'],
  ])('%s does not address %s', (host, origin) => expect(addresses(host, origin)).toBe(false));
});
