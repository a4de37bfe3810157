import { type EmailContent, formatLocalTime } from '../../infrastructure/mail/email-template.js';
import { type SecondFactorNews } from '../second-factor/second-factor.problems.js';

/** The user who gets an alert. */
export interface Recipient {
  readonly username: string;
  readonly email: string;
  readonly timeZone: string;
}

/** A device as its owner may recognize it. */
export interface SeenDevice {
  readonly device: string;
  readonly ip: string | null;
}

const NOT_YOU =
  'If this was not you, choose a new password with "Forgot password" at once: that signs out every device. Then tell your manager.';

export function newDeviceEmail(recipient: Recipient, { device, ip }: SeenDevice, at: Date): EmailContent {
  return alert(recipient, 'A new device has signed in', [
    `Your account was used to sign in on a device that it was not used on before: ${device}${from(ip)}, on ${when(at, recipient)}.`,
    'If this was you, there is nothing to do.',
    NOT_YOU,
  ]);
}

export function tokenReusedEmail(recipient: Recipient, { device, ip }: SeenDevice, at: Date): EmailContent {
  return alert(recipient, 'A session of yours was ended for safety', [
    `The session on ${device}${from(ip)} was ended on ${when(at, recipient)}: an old key of it was used a second time, as happens when someone has copied it.`,
    'Sign in again on that device. Sometimes a restored browser or a bad connection is the cause.',
    'If you find anything that you did not do, choose a new password, which signs out every other device, and tell your manager.',
  ]);
}

export function passwordChangedEmail(recipient: Recipient, at: Date): EmailContent {
  return alert(recipient, 'Your password was changed', [
    `The password of your account was changed on ${when(at, recipient)}.`,
    NOT_YOU,
  ]);
}

/** Subject and first sentence, which the time follows. */
const SECOND_FACTOR: Readonly<Record<SecondFactorNews, readonly [string, string]>> = {
  enabled: [
    'A second factor was switched on',
    'Signing in to your account needs a code of your authenticator, or a recovery code. Your other sessions were ended',
  ],
  disabled: ['Your second factor was switched off', 'The password alone is enough to sign in to your account'],
  reset: [
    'Your second factor was reset',
    'The administrator of this installation removed the second factor of your account and ended its sessions',
  ],
  recovery_code_used: [
    'A recovery code of yours was used',
    'A recovery code was used in place of your second factor; it does not work again',
  ],
  recovery_codes_replaced: ['You have new recovery codes', 'The recovery codes of your account were replaced'],
  locked: [
    'Many wrong codes were tried on your account',
    'Someone who knows your password tried many codes of your second factor. For a day, only recovery codes are accepted in their place',
  ],
};

export function secondFactorEmail(recipient: Recipient, news: SecondFactorNews, at: Date): EmailContent {
  const [subject, what] = SECOND_FACTOR[news];
  return alert(recipient, subject, [`${what}. This happened on ${when(at, recipient)}.`, NOT_YOU]);
}

/** Goes to the old address; the new one is verified already. */
export function emailChangedEmail(recipient: Recipient, at: Date): EmailContent {
  return alert(recipient, 'The e-mail address of your account was changed', [
    `This address no longer belongs to your account: it was replaced on ${when(at, recipient)}.`,
    'If this was not you, tell your manager at once: mail for your account no longer comes here.',
  ]);
}

const alert = ({ email, username }: Recipient, subject: string, paragraphs: string[]): EmailContent => ({
  to: email,
  name: username,
  subject,
  paragraphs,
});

const from = (ip: string | null): string => (ip ? ` (IP address ${ip})` : '');
const when = (at: Date, { timeZone }: Recipient): string => formatLocalTime(at, timeZone);
