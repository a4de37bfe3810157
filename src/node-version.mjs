// Plain JavaScript for old versions of Node, to report that they cannot run the rest.
const SUPPORTED = [
  [20, 19],
  [22, 13],
  [24, 11],
];
const NEWEST = SUPPORTED[SUPPORTED.length - 1];

/**
 * Returns the error for an unsupported version of Node; undefined for a supported one.
 *
 * @param {string} version such as v20.19.0
 * @returns {string | undefined}
 */
export function unsupportedNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  const later = major > NEWEST[0];
  const supported = later || SUPPORTED.some(([supportedMajor, least]) => major === supportedMajor && minor >= least);
  if (supported) return undefined;
  const [last, ...others] = SUPPORTED.map((parts) => parts.join('.')).reverse();
  return `CTMS needs Node ${others.reverse().join(', ')} or ${last}; this is ${version}`;
}
