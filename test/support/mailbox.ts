import { type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { waitFor } from './wait-for.js';

/** A mail as it arrived. */
export interface Received {
  readonly to: string;
  readonly from: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly raw: string;
  /** Transport of the mail: TLS or not, and the authenticated user. */
  readonly secure: boolean;
  readonly user: string | undefined;
}

/** Answer of the server instead of accepting the next mails: an SMTP status, or nothing at all. */
export type Trouble = number | 'silence';

/** A real SMTP server, and what it has accepted. */
export class Mailbox {
  readonly received: Received[] = [];
  /** Message-IDs of all that came, accepted or not. */
  readonly tried: string[] = [];
  /** One for each of the next mails, at the end of their data. */
  readonly troubles: Trouble[] = [];
  /** Addresses that do not exist. */
  readonly unknown = new Set<string>();
  stalled = 0;
  private readonly server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    this.server = new SMTPServer({
      ...{ logger: false, authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 200 },
      ...{ disableReverseLookup: true, ...options },
      onRcptTo: ({ address }, _session, done) =>
        done(this.unknown.has(address) ? refusal(550, `5.1.1 <${address}>: no such user`) : undefined),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const mail = parsed(Buffer.concat(chunks).toString('latin1'), session);
          this.tried.push(mail.messageId);
          const trouble = this.troubles.shift();
          if (trouble === 'silence') return void this.stalled++;
          // As some filters do: what is refused is repeated.
          if (trouble) return done(refusal(trouble, `refused: ${mail.text.replaceAll('\n', ' ')}`));
          this.received.push(mail);
          done();
        });
      },
    });
    this.server.on('error', () => undefined);
  }

  static async open(options: SMTPServerOptions = {}, port = 0): Promise<Mailbox> {
    const mailbox = new Mailbox(options);
    await new Promise<void>((resolve) => mailbox.server.listen(port, '127.0.0.1', resolve));
    return mailbox;
  }

  /** Settings with which a product sends here. */
  get env(): Record<string, string> {
    const { port } = this.server.server.address() as AddressInfo;
    return { EMAIL_BACKEND: 'smtp', SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), SMTP_TLS: 'false' };
  }

  /** Number of connected clients. */
  get connections(): number {
    return this.server.connections.size;
  }

  /** The mails to an address, once there are so many; by a part of their subject where it is given. */
  async to(address: string, count = 1, subject = ''): Promise<Received[]> {
    const found = () => this.received.filter((mail) => mail.to === address && mail.subject.includes(subject));
    await waitFor(() => found().length >= count);
    return found();
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** The token of the link in the text part. */
export function tokenIn({ text }: Received): string {
  const token = /^\S+\/(?:verify-email|reset-password)\?token=([\w-]+)$/m.exec(text)?.[1];
  if (!token) throw new Error(`No link in: ${text}`);
  return token;
}

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

function parsed(raw: string, session: { envelope: unknown; secure?: boolean; user?: unknown }): Received {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'mi').exec(head)?.[1] ?? '';
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? '';
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
  const part = (type: string) => decoded(parts.find((one) => one.includes(`Content-Type: ${type}`)) ?? '');
  const { rcptTo } = session.envelope as { rcptTo: { address: string }[] };
  return {
    ...{ raw, to: rcptTo[0]?.address ?? '', from: header('From'), messageId: header('Message-ID') },
    ...{ subject: header('Subject'), text: part('text/plain'), html: part('text/html') },
    ...{ secure: session.secure === true, user: session.user as string | undefined },
  };
}

function decoded(part: string): string {
  const [head = '', ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n').replaceAll('\r\n', '\n');
  const [, encoding = ''] = /^Content-Transfer-Encoding: (\S+)/im.exec(head) ?? [];
  const bytes =
    encoding === 'base64'
      ? Buffer.from(text, 'base64')
      : Buffer.from(
          encoding === 'quoted-printable'
            ? text
                .replaceAll('=\n', '')
                .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
            : text,
          'latin1',
        );
  return bytes.toString('utf8');
}
