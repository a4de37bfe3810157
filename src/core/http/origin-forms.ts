const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };
const HOST = /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d{0,5}))?$/;

/** An origin in the one form in which origins are compared. */
interface OriginForm {
  readonly scheme: string;
  /** In lower case, in ASCII (IDNA), without the dot of the root. */
  readonly name: string;
  /** Never left out. */
  readonly port: string;
}

/** @returns the origin as browsers write it; undefined for what is no origin of HTTP */
export function normalOrigin(text: string): string | undefined {
  const form = originForm(text);
  if (!form) return undefined;
  const { scheme, name, port } = form;
  return `${scheme}//${name}${port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`;
}

/**
 * Whether a `Host` header addresses the server of an origin. Without a port it means the default one of the scheme, which a
 * proxy that ends TLS may have changed.
 */
export function addresses(host: string, origin: string): boolean {
  const form = originForm(origin);
  const { name, port } = HOST.exec(asText(host))?.groups ?? {};
  if (!form || name === undefined || normalName(name) !== form.name) return false;
  return (port || DEFAULT_PORTS[form.scheme]) === form.port;
}

function originForm(text: string): OriginForm | undefined {
  const given = asText(text);
  if (!URL.canParse(given)) return undefined;
  const { protocol: scheme, hostname, port, href, host } = new URL(given);
  const usual = DEFAULT_PORTS[scheme];
  const bare = `${scheme}//${host}`;
  if (usual === undefined || (href !== bare && href !== `${bare}/`)) return undefined;
  return { scheme, name: withoutRoot(hostname), port: port || usual };
}

function normalName(name: string): string | undefined {
  if (/[/?#@\\\s]/.test(name) || !URL.canParse(`http://${name}`)) return undefined;
  return withoutRoot(new URL(`http://${name}`).hostname);
}

const withoutRoot = (name: string): string => name.replace(/\.$/, '');

/** Header bytes arrive as latin1; a name beyond ASCII that was sent as UTF-8 is read as such. */
function asText(header: string): string {
  if (/^[\x00-\x7f]*$/.test(header)) return header;
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}
