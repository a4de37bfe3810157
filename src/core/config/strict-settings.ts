import { type Variables } from './config.schema.js';

/** Setting whose default keeps existing clients working, although production should use another value. */
export interface StrictSetting {
  readonly variable: keyof Variables;
  /** Recommended value, as written in the environment. */
  readonly recommended: string;
  readonly isStrict: (variables: Variables) => boolean;
  /** Consequence of the lax value: a clause that follows "otherwise". */
  readonly otherwise: string;
}

/** Strict settings, as `docs/deployment.md` lists them; a spec compares the two. */
export const STRICT_SETTINGS: readonly StrictSetting[] = [
  {
    variable: 'AUDIT_SIGNING_KEY',
    recommended: 'a key of its own',
    isStrict: ({ AUDIT_SIGNING_KEY }) => AUDIT_SIGNING_KEY !== undefined,
    otherwise: 'checkpoints of the audit trail are signed with a key derived from SECRET_KEY',
  },
  {
    variable: 'CONFIRM_SIGN_UP_TIMEZONE',
    recommended: 'true',
    isStrict: ({ CONFIRM_SIGN_UP_TIMEZONE }) => CONFIRM_SIGN_UP_TIMEZONE,
    otherwise: 'developers choose their working hours by the time zone that they sign up with',
  },
  {
    variable: 'PASSWORD_CONFIRMATION_FOR',
    recommended: 'email,users',
    isStrict: ({ PASSWORD_CONFIRMATION_FOR: changes }) => changes.includes('email') && changes.includes('users'),
    otherwise: 'a stolen access token is enough to take an account over, or to appoint a manager',
  },
  {
    variable: 'SECOND_FACTOR_REQUIRED_FOR',
    recommended: 'manager,auditor',
    isStrict: ({ SECOND_FACTOR_REQUIRED_FOR: roles }) => roles.includes('manager') && roles.includes('auditor'),
    otherwise: 'a stolen password is enough to sign in as a manager or auditor who has set up no second factor',
  },
  {
    variable: 'PUBLIC_ORIGINS',
    recommended: 'the origins under which clients reach this server',
    isStrict: ({ PUBLIC_ORIGINS }) => PUBLIC_ORIGINS.length > 0,
    otherwise: 'a page counts as the product’s own where its origin equals the Host that the client names',
  },
  {
    variable: 'AUDITOR_APPOINTMENT',
    recommended: 'command',
    isStrict: ({ AUDITOR_APPOINTMENT }) => AUDITOR_APPOINTMENT === 'command',
    otherwise: 'a single manager can appoint the auditors who oversee managers',
  },
  {
    variable: 'REDACTION_APPOINTMENT_HOURS',
    recommended: '72',
    isStrict: ({ REDACTION_APPOINTMENT_HOURS }) => REDACTION_APPOINTMENT_HOURS >= 24,
    otherwise: 'a newly appointed person can take part in a redaction before anyone notices',
  },
  {
    variable: 'REDACTION_DELAY_HOURS',
    recommended: '24',
    isStrict: ({ REDACTION_DELAY_HOURS = 0 }) => REDACTION_DELAY_HOURS >= 1,
    otherwise: 'values go before anybody outside can have seen the request',
  },
  {
    variable: 'SECURE_COOKIE_PREFIX',
    recommended: 'true',
    isStrict: ({ SECURE_COOKIE_PREFIX }) => SECURE_COOKIE_PREFIX,
    otherwise: 'a page of the same domain without HTTPS can set the cookies of a session',
  },
  {
    variable: 'SIGN_UP_PASSWORD',
    recommended: 'confirmation',
    isStrict: ({ SIGN_UP_PASSWORD }) => SIGN_UP_PASSWORD === 'confirmation',
    otherwise:
      'a stranger who signs up with the address of another person knows the password once that person follows the link',
  },
  {
    variable: 'CRITICAL_GIVEN_BY',
    recommended: 'manager',
    isStrict: ({ CRITICAL_GIVEN_BY }) => CRITICAL_GIVEN_BY === 'manager',
    otherwise: 'a developer who makes a task critical, or waits for its escalation, may work on it at any time',
  },
  {
    variable: 'CRITICAL_COVERS',
    recommended: 'changes',
    isStrict: ({ CRITICAL_COVERS }) => CRITICAL_COVERS === 'changes',
    otherwise: 'critical tasks may be deleted, and other tasks changed by cascade, outside working hours',
  },
  {
    variable: 'METRICS_TOKEN',
    recommended: 'a random token, or METRICS_PORT to a port that is not public',
    isStrict: ({ METRICS_TOKEN, METRICS_PORT }) => METRICS_TOKEN !== undefined || METRICS_PORT !== undefined,
    otherwise: 'anyone who reaches the server can read its metrics',
  },
  {
    variable: 'DOCS_ENABLED',
    recommended: 'false',
    isStrict: ({ DOCS_ENABLED }) => !DOCS_ENABLED,
    otherwise: 'anyone who reaches the server can read the description of its API',
  },
  {
    variable: 'RATE_LIMIT_ENABLED',
    recommended: 'true',
    isStrict: ({ RATE_LIMIT_ENABLED }) => RATE_LIMIT_ENABLED,
    otherwise: 'nothing limits the requests of one user or address',
  },
  {
    variable: 'WEBSOCKET_TOKEN_IN_URL',
    recommended: 'false',
    isStrict: ({ WEBSOCKET_TOKEN_IN_URL }) => !WEBSOCKET_TOKEN_IN_URL,
    otherwise: 'access tokens stand in the addresses of WebSockets, which proxies log',
  },
];

/** Returns a warning for each setting with its lax value, for the start of a production server. */
export function laxSettings(variables: Variables): string[] {
  return STRICT_SETTINGS.filter(({ isStrict }) => !isStrict(variables)).map(
    ({ variable, recommended, otherwise }) => `${variable}: set it to ${recommended}; otherwise ${otherwise}`,
  );
}
