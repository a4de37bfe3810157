import { type z } from 'zod';
import { estimatedBits } from './entropy.js';

const WEAK_SECRET = /change|secret|password|example|default|insecure|your[-_ ]?key/i;
/** Minimum entropy; Shannon's estimate for 32 random hexadecimal digits is some 115 bits. */
const SECRET_BITS = 100;

/** Lists every fault of a configuration, one a line. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Lists the issues of a schema, one a line, without the values. */
export const issueLines = (error: z.ZodError): string[] =>
  error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);

/** The variables of the rules: values of the schema with their defaults, or texts that do not parse. */
export interface RuleVariables {
  readonly ENVIRONMENT?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_OWNER_URL?: string | undefined;
  readonly SECRET_KEY?: string | undefined;
  readonly AUDIT_SIGNING_KEY?: string | undefined;
  readonly BCRYPT_COST?: string | number | undefined;
  readonly WORKING_HOURS_START?: string | number | undefined;
  readonly WORKING_HOURS_END?: string | number | undefined;
  readonly EMAIL_BACKEND?: string | undefined;
  readonly SMTP_HOST?: string | undefined;
  readonly SMTP_USER?: string | undefined;
  readonly SMTP_PASSWORD?: string | undefined;
  readonly FRONTEND_URL?: string | undefined;
}

/** Lists values that parse, but contradict each other or are not allowed in production. */
export function productionErrors(v: RuleVariables): string[] {
  const faults = mailErrors(v);
  if (Number(v.WORKING_HOURS_END) <= Number(v.WORKING_HOURS_START)) {
    faults.push('WORKING_HOURS_END: must be later than WORKING_HOURS_START');
  }
  if (v.DATABASE_OWNER_URL && !hasUser(v.DATABASE_URL)) {
    faults.push('DATABASE_URL: must name the role that serves, since DATABASE_OWNER_URL is set');
  }
  if (v.ENVIRONMENT !== 'production') return faults;
  if (!v.SECRET_KEY) faults.push('SECRET_KEY: is required in production (try `openssl rand -base64 48`)');
  else if (isWeak(v.SECRET_KEY)) {
    faults.push('SECRET_KEY: is weak; use at least 32 random characters (try `openssl rand -base64 48`)');
  }
  if (v.AUDIT_SIGNING_KEY && isWeakKey(v.AUDIT_SIGNING_KEY)) {
    faults.push('AUDIT_SIGNING_KEY: is weak; use 32 random bytes (try `openssl rand -base64 32`)');
  }
  if (!v.DATABASE_URL) faults.push('DATABASE_URL: is required in production');
  if (Number(v.BCRYPT_COST) < 12) faults.push('BCRYPT_COST: must be at least 12 in production');
  return faults;
}

function mailErrors(v: RuleVariables): string[] {
  if (v.EMAIL_BACKEND !== 'smtp') return [];
  const faults: string[] = [];
  if (!v.SMTP_HOST) faults.push('SMTP_HOST: is required with EMAIL_BACKEND=smtp');
  if (v.SMTP_USER && !v.SMTP_PASSWORD) faults.push('SMTP_PASSWORD: is required with SMTP_USER');
  if (v.ENVIRONMENT === 'production' && !v.FRONTEND_URL) {
    faults.push('FRONTEND_URL: is required in production with EMAIL_BACKEND=smtp, since links in mails lead there');
  }
  return faults;
}

const hasUser = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && new URL(url).username !== '';

function isWeak(secret: string): boolean {
  return secret.length < 32 || WEAK_SECRET.test(secret) || estimatedBits(secret) < SECRET_BITS;
}

/** True for key bytes that are not random: constant, counted up, or a short unit repeated. */
function isWeakKey(key: string): boolean {
  const bytes = key.includes('-') ? undefined : Buffer.from(key, 'base64');
  if (bytes?.length !== 32) return false;
  const steps = new Set([...bytes].map((byte, at) => (byte - (bytes[at - 1] ?? byte) + 256) % 256).slice(1));
  return steps.size <= 2 || new Set(bytes).size < 16 || /^[\x20-\x7e]{32}$/.test(bytes.toString('latin1'));
}
