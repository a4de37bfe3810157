import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Config } from '../../core/config/config.js';
import { type Mail, Mailer } from './mailer.js';

/** Query parameters of a link. */
const SECRETS = /([?&][\w-]+=)[^\s&]+/g;

/**
 * Prints mails instead of sending them, for development. In production the tokens of links are masked, since stdout
 * is a log.
 */
export class ConsoleMailer extends Mailer implements OnApplicationBootstrap {
  constructor(private readonly config: Config) {
    super();
  }

  onApplicationBootstrap(): void {
    if (!this.config.production) return;
    new Logger('Mail').warn('EMAIL_BACKEND is console: no mail is sent. Set EMAIL_BACKEND=smtp and SMTP_HOST');
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    const shown = this.config.production ? text.replaceAll(SECRETS, '$1***') : text;
    process.stdout.write(`\n--- mail to ${to}: ${subject}\n${shown}---\n`);
  }
}
