/** Whoever tries to sign in, as far as it is known before the password is. */
export interface LoginAttempt {
  /** The client's address, as the trusted proxies tell it. */
  readonly ip: string;
  /** What the address is counted by: itself, or the /64 of an IPv6 address. */
  readonly network: string;
  /** A keyed hash of the name, known or not: what was typed as a name may be a password. */
  readonly account: string;
  /** The device, where it holds or held a session of that very account. */
  readonly device: string | null;
}

/** What a client is told to do. */
export interface IssuedCaptcha {
  /** Member `captcha` of the refusal: what the client shows or needs. */
  readonly captcha: unknown;
  /** One sentence for people. */
  readonly detail: string;
}

/** A seam: how somebody suspected of guessing passwords earns one more attempt. Who is suspected is not its business. */
export abstract class CaptchaProvider {
  /** What is put to whoever is refused; again and again the same, as long as it is not answered. */
  abstract issue(attempt: LoginAttempt): Promise<IssuedCaptcha>;

  /**
   * Whether the header `X-Captcha-Answer` earns the attempt. A right answer is accepted once, whichever replica it
   * reaches and however many requests bring it.
   */
  abstract verify(attempt: LoginAttempt, answer: string): Promise<boolean>;

  /** Deletes what is of no more use, if anything is kept; a job calls it every few minutes. @returns how much */
  async purgeExpired(): Promise<number> {
    return 0;
  }
}
