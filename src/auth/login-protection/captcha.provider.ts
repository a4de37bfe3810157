/** A log-in attempt before its password is verified. */
export interface LoginAttempt {
  /** IP address of the client, as the trusted proxies give it. */
  readonly ip: string;
  /** Prefix that the address is counted by: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
  /** Keyed hash of the name, known or not: a user may have typed a password as the name. */
  readonly account: string;
  /** The device id, where the device has or had a session of the account; null otherwise. */
  readonly device: string | null;
}

/** A captcha as the client gets it. */
export interface IssuedCaptcha {
  /** Member `captcha` of the problem, for the client to show. */
  readonly captcha: unknown;
  /** One sentence for people. */
  readonly detail: string;
}

/** Extension point: issues and verifies the captcha of a suspect. `LoginThrottle` decides who is a suspect. */
export abstract class CaptchaProvider {
  /** Issues a captcha to a rejected attempt; the same one until it is answered. */
  abstract issue(attempt: LoginAttempt): Promise<IssuedCaptcha>;

  /**
   * Verifies the header `X-Captcha-Answer`. Accepts a right answer once, across replicas and concurrent requests.
   */
  abstract verify(attempt: LoginAttempt, answer: string): Promise<boolean>;

  /** Deletes expired captchas; a job calls it every few minutes. @returns the number of deleted ones */
  async purgeExpired(): Promise<number> {
    return 0;
  }
}
