import { hkdfSync, randomBytes } from 'node:crypto';
import { parseReasonRule } from '../persistence/change-reason.js';
import { ConfigError, issueLines, productionErrors, type RuleVariables } from './config-errors.js';
import { type Config } from './config.js';
import { DEFAULT_RATE_LIMIT, variables, type Variables } from './config.schema.js';
import { type SettingsDefinition } from './extension-settings.js';
import { laxSettings } from './strict-settings.js';
import { tracingConfig } from './tracing-config.js';

const DEVELOPMENT_FRONTEND = 'http://localhost:5173';
const DEFAULT_ROLE_LIMITS = { manager: 1200, auditor: 1200 };
const LOOPBACK = ['127.0.0.1', '::1'];
const DEVELOPMENT_ORIGINS = ['localhost', '127.0.0.1'].flatMap((host) =>
  [3000, 5173].map((port) => `http://${host}:${port}`),
);

/**
 * Validates the environment and freezes it into a `Config`.
 *
 * @param env the environment; an empty value counts as unset
 * @param definitions the settings of extensions
 * @throws ConfigError listing every fault at once
 */
export function loadConfig(
  env: Record<string, string | undefined>,
  definitions: readonly SettingsDefinition[] = [],
): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(set);
  const extensions = definitions.map(({ prefix, schema }) => ({ prefix, result: schema.safeParse(set) }));
  const faults = [
    ...(parsed.success ? [] : issueLines(parsed.error)),
    ...productionErrors(eachParsed(set)),
    ...extensions.flatMap(({ result }) => (result.success ? [] : issueLines(result.error))),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const extensionSettings = Object.fromEntries(extensions.map(({ prefix, result }) => [prefix, result.data ?? {}]));
  return Object.freeze({ ...toConfig(parsed.data), extensionSettings });
}

/** Values of the variables, each parsed by itself: rules hold although another does not parse, so that one message lists every fault. */
function eachParsed(set: Record<string, string | undefined>): RuleVariables {
  const values = Object.entries(variables.shape).map(([name, type]) => {
    const { success, data } = type.safeParse(set[name]);
    return [name, success ? data : set[name]] as const;
  });
  return Object.fromEntries(values);
}

function toConfig(v: Variables): Omit<Config, 'extensionSettings'> {
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
    workerHangSeconds: v.WORKER_HANG_SECONDS,
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
    reasonRules: v.AUDIT_REASON_REQUIRED ? v.AUDIT_REASON_FOR.map(parseReasonRule) : [],
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
      // A limit that is set holds for every role, as in the replaced system.
      roles: v.RATE_LIMIT_ROLES ?? (v.RATE_LIMIT_PER_MINUTE === DEFAULT_RATE_LIMIT ? DEFAULT_ROLE_LIMITS : {}),
      publicPerMinute: v.RATE_LIMIT_PUBLIC_PER_MINUTE,
    },
    slowReaderSeconds: v.SLOW_READER_SECONDS,
    budgets: v.BUDGETS,
    redisUrl: v.REDIS_URL,
    tracing: tracingConfig(v),
  };
}

const demoData = (v: Variables): boolean => v.DEMO_DATA ?? v.ENVIRONMENT === 'development';

/**
 * Listens on IPv4 and IPv6. Demo accounts have a public password, so that with them only the loopback is served by
 * default.
 */
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

/**
 * Derives the signing key from the secret key; random without one, as in tests. A separate key is better: the holder
 * of the secret key could sign.
 */
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
