import { type FastifyRequest } from 'fastify';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };
const HOST = /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d{0,5}))?$/;

/** Normal form in which origins are compared. */
interface OriginForm {
  readonly scheme: string;
  /** Lower-case ASCII (IDNA), without a trailing dot. */
  readonly name: string;
  /** Always given, also the default port. */
  readonly port: string;
}

/** Normalizes an origin to the form that browsers send; undefined for a text that is no HTTP origin. */
export function normalOrigin(text: string): string | undefined {
  const form = originForm(text);
  if (!form) return undefined;
  const { scheme, name, port } = form;
  return `${scheme}//${name}${port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`;
}

/**
 * True if a `Host` header addresses the server of an origin. Without a port it means the scheme's default port, which
 * a proxy that terminates TLS may have changed.
 */
export function addresses(host: string, origin: string): boolean {
  const form = originForm(origin);
  const { name, port } = HOST.exec(asText(host))?.groups ?? {};
  if (!form || name === undefined || normalName(name) !== form.name) return false;
  return (port || DEFAULT_PORTS[form.scheme]) === form.port;
}

/**
 * Returns the origin under which a client has addressed the server, for absolute links. The scheme is that of the public origin
 * or of the page of the same host that asks: a proxy that ends TLS may not pass it on.
 *
 * @returns an empty text where the client named no usable host, so that the link is relative
 */
export function requestedOrigin(
  { protocol, host, headers: { origin = '' } }: Pick<FastifyRequest, 'protocol' | 'host' | 'headers'>,
  publicOrigins: readonly string[],
): string {
  const known = publicOrigins.find((candidate) => addresses(host, candidate));
  const asked = addresses(host, origin) ? origin : `${protocol}://${host}`;
  return normalOrigin(known ?? asked) ?? '';
}

function originForm(text: string): OriginForm | undefined {
  const given = asText(text);
  if (!URL.canParse(given)) return undefined;
  const { protocol: scheme, hostname, port, href, host } = new URL(given);
  const usual = DEFAULT_PORTS[scheme];
  const bare = `${scheme}//${host}`;
  if (usual === undefined || (href !== bare && href !== `${bare}/`)) return undefined;
  return { scheme, name: withoutTrailingDot(hostname), port: port || usual };
}

function normalName(name: string): string | undefined {
  if (/[/?#@\\\s]/.test(name) || !URL.canParse(`http://${name}`)) return undefined;
  return withoutTrailingDot(new URL(`http://${name}`).hostname);
}

const withoutTrailingDot = (name: string): string => name.replace(/\.$/, '');

/** Decodes a header: its bytes arrive as latin1, but a name beyond ASCII may have been sent as UTF-8. */
function asText(header: string): string {
  if (/^[\x00-\x7f]*$/.test(header)) return header;
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}
