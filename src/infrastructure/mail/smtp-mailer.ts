import { type OnApplicationShutdown } from '@nestjs/common';
import { type Config } from '../../core/config/config.js';
import { type Mail, Mailer, MailRefused } from './mailer.js';

const SMTPS = 465;
/** Equals the number of mails sent at once. */
const CONNECTIONS = 3;
const MAX_CONNECT_MS = 10_000;

interface SmtpError extends Error {
  readonly responseCode?: number;
  /** Rejected SMTP command. */
  readonly command?: string;
}

/** Sends mail by SMTP, over pooled connections. */
export class SmtpMailer extends Mailer implements OnApplicationShutdown {
  /** Created with the first mail. */
  private transport: ReturnType<typeof pool> | undefined;
  private readonly domain: string;

  constructor(private readonly config: Config) {
    super();
    this.domain = /@([^\s<>@]+)>?$/.exec(config.emailFrom)?.[1] ?? 'localhost';
  }

  async send({ id, to, subject, text, html }: Mail): Promise<void> {
    try {
      this.transport ??= pool(this.config);
      const transport = await this.transport;
      await transport.sendMail({
        from: this.config.emailFrom,
        // An object, since a text would be parsed as a list of addresses.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@${this.domain}>`,
        // RFC 3834: keeps vacation responders quiet.
        headers: { 'Auto-Submitted': 'auto-generated' },
        // Ends before another replica takes the job over, also with a server that trickles.
        signal: AbortSignal.timeout(this.config.jobTimeoutSeconds * 900),
      });
    } catch (error) {
      throw isForGood(error as SmtpError) ? new MailRefused((error as Error).message) : error;
    }
  }

  /** Runs after the jobs have ended. */
  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close();
  }
}

/** Loads the library with the first mail, so that other processes never do. */
async function pool({ smtp, jobTimeoutSeconds }: Config) {
  const { createTransport } = await import('nodemailer');
  const { host, port, tls, user, password } = smtp;
  const connectMs = Math.min(MAX_CONNECT_MS, jobTimeoutSeconds * 250);
  return createTransport({
    pool: true,
    host,
    port,
    secure: tls && port === SMTPS,
    requireTLS: tls,
    ignoreTLS: !tls,
    ...(user && { auth: { user, pass: password } }),
    maxConnections: CONNECTIONS,
    // One try a run of the job: it is the queue that tries again.
    maxRequeues: 0,
    dnsTimeout: connectMs,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: jobTimeoutSeconds * 500,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** RFC 5321 §4.2.1: 5xx is permanent. Of the sender, the sign-in or the connection it may be corrected until the next attempt. */
function isForGood({ responseCode = 0, command = '' }: SmtpError): boolean {
  return responseCode >= 500 && ['RCPT TO', 'DATA'].includes(command);
}
