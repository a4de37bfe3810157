import { HOTP, Secret, TOTP } from 'otpauth';

/** RFC 6238, with the parameters that every authenticator knows. */
const ALGORITHM = 'SHA1';
const DIGITS = 6;
const PERIOD_SECONDS = 30;
/** Codes of the step before and after are accepted as well: the clock of a telephone may be off by so much. */
const TOLERANCE = 1;
/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20;

const CODE = new RegExp(`^\\d{${DIGITS}}$`);

/** A new secret, in base32. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What authenticators read from a QR code. */
export function totpUri(secret: string, issuer: string, account: string): string {
  const parameters = { algorithm: ALGORITHM, digits: DIGITS, period: PERIOD_SECONDS };
  return new TOTP({ issuer, label: account, secret: Secret.fromBase32(secret), ...parameters }).toString();
}

/** Whether a text has the form of a code of an authenticator. */
export const isTotpCode = (text: string): boolean => CODE.test(text);

/** The step that a time lies in: so many periods since 1970. */
export const totpStep = (now: Date): number => TOTP.counter({ period: PERIOD_SECONDS, timestamp: now.getTime() });

/**
 * The step whose code was given, if it is close to now and later than the last one that was used.
 *
 * @param lastStep whose code was accepted last; null for none
 */
export function acceptedStep(secret: string, code: string, now: Date, lastStep: number | null): number | undefined {
  if (!isTotpCode(code)) return undefined;
  const step = totpStep(now);
  const given = { token: code, secret: Secret.fromBase32(secret), algorithm: ALGORITHM, digits: DIGITS };
  const delta = HOTP.validate({ ...given, counter: step, window: TOLERANCE });
  return delta !== null && step + delta > (lastStep ?? -1) ? step + delta : undefined;
}
