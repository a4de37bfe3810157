import { type Config } from '../../core/config/config.js';
import { type Mail } from './mailer.js';

/** Content of a mail; `renderEmail` makes its text and its HTML. */
export interface EmailContent {
  readonly to: string;
  /** Name in the greeting. */
  readonly name: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Page of the front end, with a token that opens it. */
  readonly link?: { readonly label: string; readonly path: string; readonly token: string };
  /** Paragraphs below the link. */
  readonly notes?: readonly string[];
}

const BODY = 'font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; margin: 1em';
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Renders both parts of a mail. */
export function renderEmail(content: EmailContent, { appName, frontendUrl }: Config): Omit<Mail, 'id'> {
  const { to, subject, link } = content;
  const url = link && `${frontendUrl}${link.path}?token=${link.token}`;
  return { to, subject, text: textOf(content, url, appName), html: htmlOf(content, url, appName) };
}

function textOf(
  { name, paragraphs, link, notes = [] }: EmailContent,
  url: string | undefined,
  appName: string,
): string {
  const action = link && url ? [`${link.label}:\n${url}`] : [];
  // RFC 3676: this line starts the signature.
  return `${[`Hello ${name},`, ...paragraphs, ...action, ...notes, `-- \n${appName}`].join('\n\n')}\n`;
}

/** Renders HTML that is readable without images and style, in one column; the link is repeated as text. */
function htmlOf(
  { name, subject, paragraphs, link, notes = [] }: EmailContent,
  url: string | undefined,
  appName: string,
) {
  const paragraph = (text: string) => `<p>${escaped(text)}</p>`;
  const action = link && url ? anchor(link.label, url) : [];
  const body = [`Hello ${name},`, ...paragraphs].map(paragraph);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(subject)}</title>
</head>
<body style="${BODY}">
${[...body, ...action, ...[...notes, appName].map(paragraph)].join('\n')}
</body>
</html>
`;
}

function anchor(label: string, url: string): string[] {
  const href = escaped(url);
  return [`<p><a href="${href}">${escaped(label)}</a></p>`, `<p>Or copy this address: ${href}</p>`];
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** Formats an instant in the reader's time zone. */
export function formatLocalTime(instant: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'long', timeStyle: 'short' });
  return `${format.format(instant)} (${timeZone})`;
}
