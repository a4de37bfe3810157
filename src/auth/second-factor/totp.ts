import { HOTP, Secret, TOTP } from 'otpauth';

/** The parameters of RFC 6238 that every authenticator supports. */
const ALGORITHM = 'SHA1';
const DIGITS = 6;
const PERIOD_SECONDS = 30;
/** Time steps before and after the current one whose codes are accepted, for the clock skew of phones. */
const TOLERANCE = 1;
/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20;

const CODE = new RegExp(`^\\d{${DIGITS}}$`);

/** Generates a secret in base32. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** Builds the `otpauth:` URI that authenticators read from a QR code. */
export function totpUri(secret: string, issuer: string, account: string): string {
  const parameters = { algorithm: ALGORITHM, digits: DIGITS, period: PERIOD_SECONDS };
  return new TOTP({ issuer, label: account, secret: Secret.fromBase32(secret), ...parameters }).toString();
}

/** Checks the form of a code, not its value. */
export const isTotpCode = (text: string): boolean => CODE.test(text);

/** Converts a time to its time step, the number of periods since 1970. */
const totpStep = (now: Date): number => TOTP.counter({ period: PERIOD_SECONDS, timestamp: now.getTime() });

/**
 * Verifies a code. @returns its time step where it is within the tolerance and later than the last accepted one
 *
 * @param lastStep time step of the last accepted code; null for none
 */
export function acceptedStep(secret: string, code: string, now: Date, lastStep: number | null): number | undefined {
  if (!isTotpCode(code)) return undefined;
  const step = totpStep(now);
  const given = { token: code, secret: Secret.fromBase32(secret), algorithm: ALGORITHM, digits: DIGITS };
  const delta = HOTP.validate({ ...given, counter: step, window: TOLERANCE });
  return delta !== null && step + delta > (lastStep ?? -1) ? step + delta : undefined;
}
