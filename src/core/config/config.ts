import { type CriticalException, type Role } from '../authorization/actor.js';
import { type ReasonRule } from '../persistence/change-reason.js';
import { type BudgetSettings } from './budgets.js';
import { type Variables } from './config.schema.js';
import { type TracingConfig } from './tracing-config.js';

/** Typed, validated and frozen configuration. Injected by this class. */
export abstract class Config {
  readonly appName: string;
  readonly appVersion: string;
  readonly environment: Variables['ENVIRONMENT'];
  readonly production: boolean;
  /** Warnings, one for each setting whose value keeps existing clients working but is not recommended in production. */
  readonly laxSettings: readonly string[];
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Number of server processes that share one port. */
  readonly workers: number;
  /** Period without an answer of its event loop after which a worker is replaced; 0: never. */
  readonly workerHangSeconds: number;
  /** Addresses or ranges of reverse proxies whose `X-Forwarded-*` headers are trusted. */
  readonly trustedProxies: readonly string[];
  /** Origins under which clients reach this server; where empty, every `Host` is accepted. */
  readonly publicOrigins: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: Variables['LOG_LEVEL'];
  readonly secretKey: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** Maximum lifetime from login; no refresh extends it. */
  readonly sessionLifetimeSeconds: number;
  /**
   * Period in which the previous refresh token is still accepted and answered with its successor, for two tabs
   * refreshing at once.
   */
  readonly refreshGraceSeconds: number;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: Variables['SESSION_LIMIT_POLICY'];
  /**
   * Prefix of cookie names: empty, or `__Secure-`, with which browsers reject the cookies of any page that is not
   * HTTPS.
   */
  readonly cookiePrefix: '' | '__Secure-';
  /** Status of a failed login or refresh: 401, or 400 for clients whose 401 interceptor catches those two calls. */
  readonly credentialFailureStatus: number;
  /**
   * Failed logins within the window before a captcha is required (`limit`), and on an account within a day before
   * logins are denied (`perDay`).
   */
  readonly loginFailures: { readonly limit: number; readonly windowMs: number; readonly perDay: number };
  readonly verificationTokenSeconds: number;
  /** Period after which a sign-up with an unverified address is deleted. */
  readonly pendingAccountSeconds: number;
  /** Place where the password of a new account is chosen: at sign-up, or at the link that confirms its address. */
  readonly signUpPassword: Variables['SIGN_UP_PASSWORD'];
  /** True where a manager must confirm the time zone of a sign-up before it is used. */
  readonly confirmSignUpTimeZone: boolean;
  readonly exposeVerificationToken: boolean;
  readonly passwordResetSeconds: number;
  /** Changes that require the current password: of one's own address, of other users. */
  readonly passwordConfirmationFor: Variables['PASSWORD_CONFIRMATION_FOR'];
  /** Roles that must set up a second factor before anything else. */
  readonly secondFactorRequiredFor: readonly Role[];
  readonly bcryptCost: number;
  /** Working hours of developers: local hours [start, end). */
  readonly workingHours: { readonly start: number; readonly end: number };
  /** Critical tasks that a developer may work on outside working hours, and the operations allowed there. */
  readonly criticalException: CriticalException;
  /** Bearer token required to read the metrics; undefined: anyone may. */
  readonly metricsToken: string | undefined;
  /** Separate port for the metrics, which are then not served on the port of the API. */
  readonly metricsPort: number | undefined;
  /** True where Swagger UI, Redoc and the OpenAPI document are served. */
  readonly docsEnabled: boolean;
  /** Operations that require a reason; empty: none. */
  readonly reasonRules: readonly ReasonRule[];
  /** Roles that may appoint auditors: managers, or none, which leaves the command `user:create`. */
  readonly appointsAuditors: Variables['AUDITOR_APPOINTMENT'];
  /**
   * Delay between the sealed request of a redaction and the removal of values; undefined: the delay stored in the
   * database.
   */
  readonly redactionDelayHours: number | undefined;
  /** Hours after an appointment before a user may take part in a redaction. */
  readonly redactionAppointmentHours: number;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** URL of the role that runs migrations, where it differs from the one that serves. */
  readonly databaseOwnerUrl: string | undefined;
  /** URL that bypasses a pooler, for LISTEN; undefined without a pooler. */
  readonly databaseDirectUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly databaseTimeoutMs: number;
  readonly dataDir: string;
  readonly runMigrations: boolean;
  readonly demoData: boolean;
  /** True where this replica processes jobs; it serves requests either way. */
  readonly jobsEnabled: boolean;
  /** Timeout after which a job counts as abandoned and is retried. */
  readonly jobTimeoutSeconds: number;
  /** True where WebSockets accept an access token in their URL, besides tickets. */
  readonly webSocketTokenInUrl: boolean;
  /** Interval of WebSocket pings, in seconds. */
  readonly webSocketPingSeconds: number;
  /** `console` prints mails instead of sending them. */
  readonly emailBackend: Variables['EMAIL_BACKEND'];
  /** `Name <address>` or an address. */
  readonly emailFrom: string;
  readonly smtp: SmtpConfig;
  /** Base URL of links in mails, without a trailing slash. */
  readonly frontendUrl: string;
  /** Days that notifications are kept after they were read. */
  readonly notificationRetentionDays: number;
  readonly requestLogQueue: number;
  /** Bytes of request bodies that one user or address may add to the request log in an hour. */
  readonly requestLogBytesPerHour: number;
  /** Ed25519: 32 bytes in base64, or PKCS #8 in PEM. */
  readonly auditSigningKey: string;
  /** Origin line of the transparency log, in its checkpoints. */
  readonly auditOrigin: string;
  readonly auditSealSeconds: number;
  readonly auditCheckpointFile: string | undefined;
  readonly auditCheckpointWebhook: string | undefined;
  /** File to which each redaction is appended, for repeating them after a restore. */
  readonly auditRedactionFile: string | undefined;
  readonly auditRedactionWebhook: string | undefined;
  /** Minimum interval between published checkpoints. */
  readonly auditCheckpointMinutes: number;
  /** Requests a minute: for a user, unless `roles` says otherwise; for an address where no user is signed in. */
  readonly rateLimits: {
    readonly enabled: boolean;
    readonly perMinute: number;
    readonly roles: Readonly<Partial<Record<Role, number>>>;
    readonly publicPerMinute: number;
  };
  /** Period within which a client must read at least 64 KiB of a pending response; slower ones are disconnected. */
  readonly slowReaderSeconds: number;
  /** Overridden budget figures (`core/config/budgets.ts`), keyed `name.share` or `name.process`. */
  readonly budgets: BudgetSettings;
  /** Undefined: state otherwise shared by replicas stays in memory. */
  readonly redisUrl: string | undefined;
  /** Undefined: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  /** Variables of extensions by the prefix of their settings and their names; read them by `defineSettings`. */
  readonly extensionSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface SmtpConfig {
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Implicit TLS on port 465, else STARTTLS or nothing; false: never. */
  readonly tls: boolean;
}
