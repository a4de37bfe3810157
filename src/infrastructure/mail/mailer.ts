/** Rendered mail. */
export interface Mail {
  /** Id that stays the same in each attempt, also by another replica, so that a duplicate can be recognized. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text, in lines that end with `\n`. */
  readonly text: string;
  /** The same content as HTML. */
  readonly html: string;
}

/** Extension point: sends mail. A mail may hold links that open an account, which must not be logged. */
export abstract class Mailer {
  /**
   * Delivers a mail within `JOB_TIMEOUT_SECONDS`, after which another replica retries.
   *
   * @throws MailRefused for a permanent failure; after any other error the mail is retried for some hours
   */
  abstract send(mail: Mail): Promise<void>;
}

/** Permanent rejection of a mail. */
export class MailRefused extends Error {}
