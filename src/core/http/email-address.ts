import { domainToASCII, domainToUnicode } from 'node:url';

/** Blanks, line breaks, controls, and characters that show nothing. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Checks that a well-formed address is written as its mailbox is: mail to `ⓔxample.org`, or to `example.org` with a soft hyphen, goes to
 * `example.org` (UTS 46), so one mailbox would have any number of accounts and mail budgets. A quoted local part may hold line breaks
 * (RFC 5322), which have no place in logs and mails.
 */
export function isCanonicalAddress(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const ascii = domainToASCII(domain);
  return !UNSEEN.test(address) && (domain === ascii || domain === domainToUnicode(ascii));
}
