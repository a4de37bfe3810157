import { hkdfSync, randomBytes } from 'node:crypto';
import { type z } from 'zod';
import { type CriticalException, type Role } from '../core/actor.js';
import { regulated, type Regulated } from '../core/reason.js';
import { type BudgetSettings } from './budgets.js';
import { variables, type Variables } from './config.schema.js';
import { estimatedBits } from './entropy.js';
import { laxSettings } from './strict-settings.js';

const WEAK_SECRET = /change|secret|password|example|default|insecure|your[-_ ]?key/i;
/** Of 32 random hexadecimal digits, Shannon's estimate is some 115 bits. */
const SECRET_BITS = 100;
const DEVELOPMENT_FRONTEND = 'http://localhost:5173';
const LOOPBACK = ['127.0.0.1', '::1'];
const DEVELOPMENT_ORIGINS = ['localhost', '127.0.0.1'].flatMap((host) =>
  [3000, 5173].map((port) => `http://${host}:${port}`),
);

/** What the product was configured with: typed, checked and frozen. Injected by this class. */
export abstract class Config {
  readonly appName: string;
  readonly appVersion: string;
  readonly environment: Variables['ENVIRONMENT'];
  readonly production: boolean;
  /** A warning for each setting whose value keeps existing clients working but is not what production should take. */
  readonly laxSettings: readonly string[];
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Processes that serve, on one port. */
  readonly workers: number;
  /** Addresses or ranges of reverse proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Origins under which clients reach this server; empty: whatever host they name. */
  readonly publicOrigins: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: Variables['LOG_LEVEL'];
  readonly secretKey: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** From its login on; no refresh prolongs a session beyond it. */
  readonly sessionLifetimeSeconds: number;
  /** How long the previous refresh token is answered with its successor, for two tabs refreshing at once. */
  readonly refreshGraceSeconds: number;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: Variables['SESSION_LIMIT_POLICY'];
  /** Before the names of cookies: empty, or `__Secure-`, which has browsers refuse them from any page that is not HTTPS. */
  readonly cookiePrefix: '' | '__Secure-';
  /** Status of a failed login or refresh: 401, or 400 for clients whose 401 interceptor catches those two calls. */
  readonly credentialFailureStatus: number;
  /** After `limit` failed logins within the window whoever they count against is challenged; after `perDay` on an account, refused. */
  readonly loginFailures: { readonly limit: number; readonly windowMs: number; readonly perDay: number };
  readonly verificationTokenSeconds: number;
  /** After so long, a sign-up whose address was not verified is deleted. */
  readonly pendingAccountSeconds: number;
  /** Where the password of a new account is chosen: at sign-up, or behind the link that confirms its address. */
  readonly signUpPassword: Variables['SIGN_UP_PASSWORD'];
  /** Whether a zone given at sign-up is used only once a manager has confirmed it. */
  readonly confirmSignUpTimeZone: boolean;
  readonly exposeVerificationToken: boolean;
  readonly passwordResetSeconds: number;
  /** Changes that need the current password: of one's own address, of other users. */
  readonly passwordConfirmationFor: Variables['PASSWORD_CONFIRMATION_FOR'];
  /** Roles that may do nothing but set up a second factor until they have one. */
  readonly secondFactorRequiredFor: readonly Role[];
  readonly bcryptCost: number;
  /** Local hours [start, end) in which developers work. */
  readonly workingHours: { readonly start: number; readonly end: number };
  /** Which critical tasks a developer may work on outside working hours, and how. */
  readonly criticalException: CriticalException;
  /** Needed to read the metrics, as a bearer token; undefined where anyone may. */
  readonly metricsToken: string | undefined;
  /** A port of their own for the metrics, which then are not on the port of the API. */
  readonly metricsPort: number | undefined;
  /** Whether Swagger UI, Redoc and the OpenAPI document are served. */
  readonly docsEnabled: boolean;
  /** What is not done without a reason; empty where none is required. */
  readonly regulated: readonly Regulated[];
  /** Who makes somebody an auditor: any manager, or only the command `user:create`. */
  readonly appointsAuditors: Variables['AUDITOR_APPOINTMENT'];
  /** How long the request of a redaction is sealed before values go; undefined: as the database was told last. */
  readonly redactionDelayHours: number | undefined;
  /** Nobody takes part in a redaction within so many hours of their appointment. */
  readonly redactionAppointmentHours: number;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Of the role that migrates, where it is another one than that which serves. */
  readonly databaseOwnerUrl: string | undefined;
  /** Past a pooler, for the connection that listens; undefined where there is none. */
  readonly databaseDirectUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly databaseTimeoutMs: number;
  readonly dataDir: string;
  readonly runMigrations: boolean;
  readonly demoData: boolean;
  /** Whether this replica works on jobs; requests are served either way. */
  readonly jobsEnabled: boolean;
  /** After so long a job counts as abandoned and is taken over. */
  readonly jobTimeoutSeconds: number;
  /** Whether a WebSocket may be opened with an access token in its address, besides tickets. */
  readonly webSocketTokenInUrl: boolean;
  /** How often an open socket is asked whether its client is still there. */
  readonly webSocketPingSeconds: number;
  /** `console`: mail is printed instead of sent. */
  readonly emailBackend: Variables['EMAIL_BACKEND'];
  /** `Name <address>` or an address. */
  readonly emailFrom: string;
  readonly smtp: SmtpConfig;
  /** Where links in mails lead, without a slash at its end. */
  readonly frontendUrl: string;
  /** How long notifications are kept after they were read. */
  readonly notificationRetentionDays: number;
  readonly requestLogQueue: number;
  /** What one user or address may fill of the request log in an hour with the bodies of its requests. */
  readonly requestLogBytesPerHour: number;
  /** Ed25519: 32 bytes in base64, or PKCS #8 in PEM. */
  readonly auditSigningKey: string;
  /** The name of the log that the audit trail is, in its checkpoints. */
  readonly auditOrigin: string;
  readonly auditSealSeconds: number;
  readonly auditCheckpointFile: string | undefined;
  readonly auditCheckpointWebhook: string | undefined;
  /** Where each redaction is appended, as a line of the list that repeats them after a restore. */
  readonly auditRedactionFile: string | undefined;
  readonly auditRedactionWebhook: string | undefined;
  /** A checkpoint leaves the host at most so often. */
  readonly auditCheckpointMinutes: number;
  /** Requests a minute: of a user, unless `roles` says otherwise; of an address where nobody is signed in. */
  readonly rateLimits: {
    readonly enabled: boolean;
    readonly perMinute: number;
    readonly roles: Readonly<Partial<Record<Role, number>>>;
    readonly publicPerMinute: number;
  };
  /** A client that takes less than 64 KiB of a waiting answer within so long is cut off. */
  readonly slowReaderSeconds: number;
  /** Figures of budgets that differ from `BUDGETS` in `config/budgets.ts`, by `name.share` or `name.process`. */
  readonly budgets: BudgetSettings;
  /** Undefined: what is shared by replicas otherwise is kept in memory. */
  readonly redisUrl: string | undefined;
}

interface SmtpConfig {
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Implicit TLS on port 465, else STARTTLS or nothing; false: never. */
  readonly tls: boolean;
}

/** All faults of a configuration, one line each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Checks the environment and freezes it into a `Config`.
 *
 * @param env the environment; an empty value counts as unset
 * @throws ConfigError listing every fault at once
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(set);
  const faults = parsed.success ? productionFaults(parsed.data) : schemaFaults(parsed.error, set);
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(toConfig(parsed.data));
}

function schemaFaults(error: z.ZodError, env: Record<string, string | undefined>): string[] {
  const faults = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  // The rules of production do not wait for the rest to parse: one message lists every fault.
  if (env.ENVIRONMENT !== 'production') return faults;
  return [...faults, ...productionFaults({ ENVIRONMENT: 'production', ...env } as unknown as Variables)];
}

function productionFaults(v: Variables): string[] {
  const faults = mailFaults(v);
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

function mailFaults(v: Variables): string[] {
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

/** Whether the bytes of a key are no random ones: all alike, counted up, or one short unit again and again. */
function isWeakKey(key: string): boolean {
  const bytes = key.includes('-') ? undefined : Buffer.from(key, 'base64');
  if (bytes?.length !== 32) return false;
  const steps = new Set([...bytes].map((byte, at) => (byte - (bytes[at - 1] ?? byte) + 256) % 256).slice(1));
  return steps.size <= 2 || new Set(bytes).size < 16 || /^[\x20-\x7e]{32}$/.test(bytes.toString('latin1'));
}

function toConfig(v: Variables): Config {
  const production = v.ENVIRONMENT === 'production';
  return {
    appName: v.APP_NAME,
    appVersion: v.APP_VERSION,
    environment: v.ENVIRONMENT,
    production,
    laxSettings: laxSettings(v),
    hosts: hosts(v),
    port: v.PORT,
    workers: v.WORKERS,
    trustedProxies: v.TRUSTED_PROXIES,
    publicOrigins: v.PUBLIC_ORIGINS,
    allowedOrigins: v.ALLOWED_ORIGINS ?? (production ? [] : DEVELOPMENT_ORIGINS),
    logLevel: v.LOG_LEVEL,
    secretKey: v.SECRET_KEY ?? randomBytes(48).toString('base64'),
    accessTokenSeconds: v.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
    refreshTokenSeconds: v.REFRESH_TOKEN_EXPIRE_DAYS * 86_400,
    sessionLifetimeSeconds: v.SESSION_LIFETIME_DAYS * 86_400,
    refreshGraceSeconds: v.REFRESH_GRACE_SECONDS,
    maxSessionsPerUser: v.MAX_SESSIONS_PER_USER,
    sessionLimitPolicy: v.SESSION_LIMIT_POLICY,
    cookiePrefix: v.SECURE_COOKIE_PREFIX ? '__Secure-' : '',
    credentialFailureStatus: v.CREDENTIAL_FAILURE_STATUS,
    loginFailures: {
      limit: v.LOGIN_FAILURES_BEFORE_CHALLENGE,
      windowMs: v.LOGIN_FAILURE_WINDOW_MINUTES * 60_000,
      perDay: v.LOGIN_FAILURES_PER_DAY,
    },
    verificationTokenSeconds: v.VERIFICATION_TOKEN_EXPIRE_HOURS * 3600,
    pendingAccountSeconds: v.PENDING_ACCOUNT_DAYS * 86_400,
    signUpPassword: v.SIGN_UP_PASSWORD,
    confirmSignUpTimeZone: v.CONFIRM_SIGN_UP_TIMEZONE,
    exposeVerificationToken: v.EXPOSE_VERIFICATION_TOKEN ?? !production,
    passwordResetSeconds: v.PASSWORD_RESET_EXPIRE_MINUTES * 60,
    passwordConfirmationFor: v.PASSWORD_CONFIRMATION_FOR,
    secondFactorRequiredFor: v.SECOND_FACTOR_REQUIRED_FOR,
    bcryptCost: v.BCRYPT_COST,
    workingHours: { start: v.WORKING_HOURS_START, end: v.WORKING_HOURS_END },
    criticalException: Object.freeze({ givenBy: v.CRITICAL_GIVEN_BY, covers: v.CRITICAL_COVERS }),
    metricsToken: v.METRICS_TOKEN,
    metricsPort: v.METRICS_PORT,
    docsEnabled: v.DOCS_ENABLED,
    regulated: v.AUDIT_REASON_REQUIRED ? v.AUDIT_REASON_FOR.map(regulated) : [],
    appointsAuditors: v.AUDITOR_APPOINTMENT,
    redactionDelayHours: v.REDACTION_DELAY_HOURS,
    redactionAppointmentHours: v.REDACTION_APPOINTMENT_HOURS,
    databaseUrl: v.DATABASE_URL,
    databaseOwnerUrl: v.DATABASE_OWNER_URL,
    databaseDirectUrl: v.DATABASE_DIRECT_URL,
    databasePoolSize: v.DATABASE_POOL_SIZE,
    databaseTimeoutMs: v.DATABASE_TIMEOUT_SECONDS * 1000,
    dataDir: v.DATA_DIR,
    runMigrations: v.RUN_MIGRATIONS,
    demoData: demoData(v),
    jobsEnabled: v.JOBS_ENABLED,
    jobTimeoutSeconds: v.JOB_TIMEOUT_SECONDS,
    webSocketTokenInUrl: v.WEBSOCKET_TOKEN_IN_URL,
    webSocketPingSeconds: v.WEBSOCKET_PING_SECONDS,
    ...mailConfig(v),
    notificationRetentionDays: v.NOTIFICATION_RETENTION_DAYS,
    requestLogQueue: v.REQUEST_LOG_QUEUE,
    requestLogBytesPerHour: v.REQUEST_LOG_MIB_PER_HOUR * 1_048_576,
    ...auditConfig(v),
    rateLimits: {
      enabled: v.RATE_LIMIT_ENABLED,
      perMinute: v.RATE_LIMIT_PER_MINUTE,
      roles: v.RATE_LIMIT_ROLES,
      publicPerMinute: v.RATE_LIMIT_PUBLIC_PER_MINUTE,
    },
    slowReaderSeconds: v.SLOW_READER_SECONDS,
    budgets: v.BUDGETS,
    redisUrl: v.REDIS_URL,
  };
}

const demoData = (v: Variables): boolean => v.DEMO_DATA ?? v.ENVIRONMENT === 'development';

/** IPv4 and IPv6. Accounts whose password everybody knows are for this machine alone, unless somebody says otherwise. */
function hosts(v: Variables): string[] {
  if (v.HOST === 'localhost') return LOOPBACK;
  if (v.HOST !== undefined) return [v.HOST];
  return demoData(v) ? LOOPBACK : ['0.0.0.0', '::'];
}

function mailConfig(v: Variables): Pick<Config, 'emailBackend' | 'emailFrom' | 'smtp' | 'frontendUrl'> {
  return {
    emailBackend: v.EMAIL_BACKEND,
    emailFrom: v.EMAIL_FROM,
    smtp: { host: v.SMTP_HOST, port: v.SMTP_PORT, user: v.SMTP_USER, password: v.SMTP_PASSWORD, tls: v.SMTP_TLS },
    frontendUrl: (v.FRONTEND_URL ?? DEVELOPMENT_FRONTEND).replace(/\/+$/, ''),
  };
}

/** A key of one's own is better: whoever has the other one could sign. Without any, as in a test, it is a random one. */
function derivedKey(secret: string | undefined): string {
  const key = secret ? hkdfSync('sha256', secret, '', 'ctms audit signing key', 32) : randomBytes(32);
  return Buffer.from(key as Buffer).toString('base64');
}

function auditConfig(v: Variables): Pick<Config, Extract<keyof Config, `audit${string}`>> {
  return {
    auditSigningKey: v.AUDIT_SIGNING_KEY ?? derivedKey(v.SECRET_KEY),
    auditOrigin: v.AUDIT_ORIGIN ?? `ctms/${v.APP_NAME.replaceAll(/[\s+]+/g, '-')}`,
    auditSealSeconds: v.AUDIT_SEAL_SECONDS,
    auditCheckpointFile: v.AUDIT_CHECKPOINT_FILE,
    auditCheckpointWebhook: v.AUDIT_CHECKPOINT_WEBHOOK,
    auditRedactionFile: v.AUDIT_REDACTION_FILE ?? (v.AUDIT_CHECKPOINT_FILE && `${v.AUDIT_CHECKPOINT_FILE}.redactions`),
    auditRedactionWebhook: v.AUDIT_REDACTION_WEBHOOK,
    auditCheckpointMinutes: v.AUDIT_CHECKPOINT_MINUTES,
  };
}
