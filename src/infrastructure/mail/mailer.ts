/** A letter as it leaves the house. */
export interface Mail {
  /** The same each time that this mail is tried, also by another replica; so a mail that came twice can be told. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text, in lines that end with `\n`. */
  readonly text: string;
  /** The same as a document. */
  readonly html: string;
}

/** A seam: how mail is sent. It may hold links that open an account, which must not come into a log. */
export abstract class Mailer {
  /**
   * Hands a mail over to whoever delivers it, within `JOB_TIMEOUT_SECONDS`: after that another replica tries.
   *
   * @throws MailRefused where it would be refused again; after any other error it is tried again, for some hours
   */
  abstract send(mail: Mail): Promise<void>;
}

/** This mail to this address is refused for good. */
export class MailRefused extends Error {}
