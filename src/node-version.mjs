// Plain JavaScript that old versions of Node can read: it says why they cannot run the rest.
const SUPPORTED = [
  [20, 19],
  [22, 13],
  [24, 11],
];
const NEWEST = SUPPORTED[SUPPORTED.length - 1];

/**
 * The complaint about a version of Node that cannot run the product; undefined for one that can.
 *
 * @param {string} version such as v20.19.0
 * @returns {string | undefined}
 */
export function unsupportedNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  const later = major > NEWEST[0];
  const supported = later || SUPPORTED.some(([wanted, least]) => major === wanted && minor >= least);
  if (supported) return undefined;
  const [last, ...others] = SUPPORTED.map((parts) => parts.join('.')).reverse();
  return `CTMS needs Node ${others.reverse().join(', ')} or ${last}; this is ${version}`;
}
