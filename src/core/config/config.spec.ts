import { randomBytes } from 'node:crypto';
import { loadConfig } from './load-config.js';
import { faults } from './config-faults.spec-kit.js';

const STRONG = 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2';
const AUDIT_SIGNING_KEY = 'q0dHVO1mXBj2T6n8r1b3uWkqk9m4h0cYtY7pZb5xE0U=';

describe('the configuration', () => {
  it('has defaults for development', () => {
    expect(loadConfig({ PORT: '' })).toMatchObject({
      port: 8000,
      accessTokenSeconds: 1200,
      refreshTokenSeconds: 259_200,
      maxSessionsPerUser: 3,
      production: false,
      allowedOrigins: [
        'http://localhost:3000',
        'http://localhost:5173',
        'http://127.0.0.1:3000',
        'http://127.0.0.1:5173',
      ],
    });
  });

  it('takes working hours up to midnight, and none that end before they start', () => {
    expect(faults({ WORKING_HOURS_START: '18', WORKING_HOURS_END: '9' })).toEqual([
      expect.stringMatching(/^WORKING_HOURS_END: /),
    ]);
    expect(loadConfig({ WORKING_HOURS_END: '24' }).workingHours).toEqual({ start: 9, end: 24 });
  });

  it('compares working hours with the default of the other, also where another value does not parse', () => {
    const wrong: Record<string, string>[] = [{ WORKING_HOURS_START: '19' }, { WORKING_HOURS_END: '8' }];
    for (const hours of wrong)
      for (const ENVIRONMENT of ['development', 'production'])
        expect(faults({ ...hours, ENVIRONMENT, PORT: 'x' })).toContainEqual(
          expect.stringMatching(/^WORKING_HOURS_END: /),
        );
  });

  it('trims the list of origins', () => {
    expect(loadConfig({ ALLOWED_ORIGINS: 'https://a.example , https://b.example,' }).allowedOrigins).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });

  it('reports every fault of a production configuration at once', () => {
    const found = faults({ ENVIRONMENT: 'production', PORT: 'x', SECRET_KEY: 'change-me', BCRYPT_COST: '4' });
    expect(found.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'BCRYPT_COST',
      'DATABASE_URL',
      'PORT',
      'SECRET_KEY',
    ]);
    expect(faults({ ENVIRONMENT: 'production' }).map((fault) => fault.split(':')[0])).toEqual([
      'SECRET_KEY',
      'DATABASE_URL',
    ]);
  });

  it('accepts and freezes a valid production configuration', () => {
    const config = loadConfig({
      ENVIRONMENT: 'production',
      SECRET_KEY: STRONG,
      AUDIT_SIGNING_KEY,
      DATABASE_URL: 'postgres://u:p@db/ctms',
    });
    expect(config).toMatchObject({
      production: true,
      exposeVerificationToken: false,
      demoData: false,
      allowedOrigins: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    'a'.repeat(40),
    'short',
    'my-secret-key-that-is-long-enough-0123456789',
    'changemechangemechangemechangeme1234',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'b8Xv2Qm5Zrb8Xv2Qm5Zrb8Xv2Qm5Zrb8Xv2Qm5Zr',
    '0123456789abcdef0123456789abcdef0123456789abcdef',
    'aaaabbbbccccddddeeeeffffgggghhhhiiiijjjjkkkk',
  ])('rejects %s as a weak secret key', (SECRET_KEY) => {
    const rest = { AUDIT_SIGNING_KEY, DATABASE_URL: 'postgres://u:p@db/ctms' };
    expect(faults({ ENVIRONMENT: 'production', SECRET_KEY, ...rest })).toHaveLength(1);
  });

  it.each(['short', Buffer.alloc(33).toString('base64'), '-----BEGIN PRIVATE KEY-----\\nnonsense'])(
    'rejects the signing key %s without repeating it',
    (AUDIT_SIGNING_KEY) => {
      const found = faults({ AUDIT_SIGNING_KEY });
      expect(found).toHaveLength(1);
      expect(found[0]).toContain('AUDIT_SIGNING_KEY: must be an Ed25519 private key');
    },
  );

  it.each([
    ['zero bytes', Buffer.alloc(32)],
    ['bytes all alike', Buffer.alloc(32, 7)],
    ['counted bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => n))],
    ['a text', Buffer.from('this is no key but a sentence ok')],
  ])('rejects %s as the signing key of production', (_, bytes) => {
    const rest = { SECRET_KEY: STRONG, DATABASE_URL: 'postgres://u:p@db/ctms' };
    const found = faults({ ENVIRONMENT: 'production', AUDIT_SIGNING_KEY: bytes.toString('base64'), ...rest });
    expect(found).toEqual([expect.stringMatching(/^AUDIT_SIGNING_KEY: is weak/)]);
  });

  it('accepts random keys of every usual form', () => {
    for (let n = 0; n < 200; n++) {
      const production = { ENVIRONMENT: 'production', DATABASE_URL: 'postgres://u:p@db/ctms' };
      for (const SECRET_KEY of [randomBytes(48).toString('base64'), randomBytes(32).toString('hex')])
        expect(faults({ ...production, SECRET_KEY, AUDIT_SIGNING_KEY: randomBytes(32).toString('base64') })).toEqual(
          [],
        );
    }
  });

  it('derives the signing key from the secret key where none is set', () => {
    const key = (SECRET_KEY: string) => loadConfig({ SECRET_KEY }).auditSigningKey;
    expect(key(STRONG)).toBe(key(STRONG));
    expect(key(STRONG)).not.toBe(key(`${STRONG}x`));
    expect(Buffer.from(key(STRONG), 'base64')).toHaveLength(32);
    expect(loadConfig({ SECRET_KEY: STRONG, AUDIT_SIGNING_KEY }).auditSigningKey).toBe(AUDIT_SIGNING_KEY);
  });

  it('names the log after the product, without blanks', () => {
    expect(loadConfig({ APP_NAME: 'Our Trials + more' }).auditOrigin).toBe('ctms/Our-Trials-more');
    expect(faults({ AUDIT_ORIGIN: 'a b' })).toHaveLength(1);
  });

  it('requires the settings of SMTP, and trims the URL of the front end', () => {
    expect(faults({ EMAIL_BACKEND: 'smtp', SMTP_USER: 'u' }).map((fault) => fault.split(':')[0])).toEqual([
      'SMTP_HOST',
      'SMTP_PASSWORD',
    ]);
    const secrets = { SECRET_KEY: STRONG, AUDIT_SIGNING_KEY };
    const production = { ENVIRONMENT: 'production', DATABASE_URL: 'postgres://u:p@db/ctms', ...secrets };
    const smtp = { EMAIL_BACKEND: 'smtp', SMTP_HOST: 'mail.example.org' };
    expect(faults({ ...production, ...smtp })).toEqual([expect.stringMatching(/^FRONTEND_URL: is required/)]);
    expect(loadConfig({ ...production, ...smtp, FRONTEND_URL: 'https://app.example.org/ctms/' })).toMatchObject({
      frontendUrl: 'https://app.example.org/ctms',
      smtp: { host: 'mail.example.org', port: 587, tls: true },
      passwordResetSeconds: 3600,
    });
    const wrongs: Record<string, string>[] = [
      { FRONTEND_URL: 'app.example.org' },
      { FRONTEND_URL: 'https://a/?x=1' },
      { EMAIL_FROM: 'CTMS' },
    ];
    for (const wrong of wrongs) expect(faults(wrong)).toHaveLength(1);
  });

  it('takes a limit that is set for every role, where none is set for roles', () => {
    const limits = (env: Record<string, string>) => loadConfig(env).rateLimits;
    expect(limits({})).toMatchObject({ perMinute: 600, roles: { manager: 1200, auditor: 1200 } });
    expect(limits({ RATE_LIMIT_PER_MINUTE: '60' })).toMatchObject({ perMinute: 60, roles: {} });
    expect(limits({ RATE_LIMIT_PER_MINUTE: '60', RATE_LIMIT_ROLES: 'manager=90' }).roles).toEqual({ manager: 90 });
  });

  it('reads limits by role', () => {
    const limits = (RATE_LIMIT_ROLES: string) => loadConfig({ RATE_LIMIT_ROLES }).rateLimits.roles;
    expect(limits('')).toEqual({ manager: 1200, auditor: 1200 });
    expect(limits('developer=50, auditor=7')).toEqual({ developer: 50, auditor: 7 });
    for (const RATE_LIMIT_ROLES of ['king=5', 'manager', 'manager=0', 'manager=-1', 'manager=1.5', 'manager:5'])
      expect(faults({ RATE_LIMIT_ROLES })).toEqual(['RATE_LIMIT_ROLES: must be like manager=1200,auditor=1200']);
  });

  it.each(['http://cache', 'redis://', 'localhost:6379'])('rejects %s as the URL of Redis', (REDIS_URL) => {
    expect(faults({ REDIS_URL }).join()).toContain('REDIS_URL: ');
  });

  it('reads the reason rules where reasons are required, and rejects malformed ones', () => {
    expect(loadConfig({}).reasonRules).toEqual([]);
    expect(
      loadConfig({ AUDIT_REASON_REQUIRED: 'true', AUDIT_REASON_FOR: 'tag.deleted, task.title[status=blocked]' })
        .reasonRules,
    ).toEqual([{ name: 'tag.deleted' }, { name: 'task.title', only: { field: 'status', value: 'blocked' } }]);
    expect(loadConfig({ AUDIT_REASON_REQUIRED: 'true' }).reasonRules).toHaveLength(8);
    expect(faults({ AUDIT_REASON_FOR: 'task' })).toEqual([expect.stringMatching(/^AUDIT_REASON_FOR: must be like/)]);
  });

  it('requires the role that serves where another role owns the database', () => {
    const DATABASE_OWNER_URL = 'postgres://owner:p@db/ctms';
    for (const env of [{}, { DATABASE_URL: 'postgres://db/ctms' }])
      expect(faults({ DATABASE_OWNER_URL, ...env } as Record<string, string>)).toEqual([
        expect.stringMatching(/^DATABASE_URL: must name the role/),
      ]);
    expect(faults({ DATABASE_OWNER_URL, DATABASE_URL: 'postgres://app:p@db/ctms' })).toEqual([]);
  });

  it('repeats no value in a message', () => {
    expect(faults({ DATABASE_URL: 'mysql://u:hunter2@db/x', PORT: 'hunter2' }).join()).not.toContain('hunter2');
  });
});
