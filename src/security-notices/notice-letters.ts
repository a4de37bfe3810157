import { type Letter, localTime } from '../mail/letter.js';

/** Whom a security notice is for. */
export interface Reader {
  readonly username: string;
  readonly email: string;
  readonly timeZone: string;
}

/** One device, as its owner may know it again. */
export interface SeenDevice {
  readonly device: string;
  readonly ip: string | null;
}

const NOT_YOU =
  'If this was not you, choose a new password with "Forgot password" at once: that signs out every device. Then tell your manager.';

export function newDeviceLetter(reader: Reader, { device, ip }: SeenDevice, at: Date): Letter {
  return notice(reader, 'A new device has signed in', [
    `Your account was used to sign in on a device that it was not used on before: ${device}${from(ip)}, on ${when(at, reader)}.`,
    'If this was you, there is nothing to do.',
    NOT_YOU,
  ]);
}

export function tokenReusedLetter(reader: Reader, { device, ip }: SeenDevice, at: Date): Letter {
  return notice(reader, 'A session of yours was ended for safety', [
    `The session on ${device}${from(ip)} was ended on ${when(at, reader)}: an old key of it was used a second time, as happens when somebody has copied it.`,
    'Sign in again on that device. Sometimes a restored browser or a bad connection is the cause.',
    'If you find anything that you did not do, choose a new password, which signs out every other device, and tell your manager.',
  ]);
}

export function passwordChangedLetter(reader: Reader, at: Date): Letter {
  return notice(reader, 'Your password was changed', [
    `The password of your account was changed on ${when(at, reader)}.`,
    NOT_YOU,
  ]);
}

/** To the old address: the new one has proved itself already. */
export function emailChangedLetter(reader: Reader, at: Date): Letter {
  return notice(reader, 'The e-mail address of your account was changed', [
    `This address no longer belongs to your account: it was replaced on ${when(at, reader)}.`,
    'If this was not you, tell your manager at once: mail for your account no longer comes here.',
  ]);
}

const notice = ({ email, username }: Reader, subject: string, paragraphs: string[]): Letter => ({
  ...{ to: email, name: username, subject, paragraphs },
});

const from = (ip: string | null): string => (ip ? ` (IP address ${ip})` : '');
const when = (at: Date, { timeZone }: Reader): string => localTime(at, timeZone);
