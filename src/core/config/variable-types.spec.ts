import { faults } from './config-faults.spec-kit.js';
import { loadConfig } from './load-config.js';

describe('the types of variables', () => {
  it('report all that does not parse at once', () => {
    const wrong = {
      TRUSTED_PROXIES: '10.0.0.0/8,nginx',
      PORT: ' ',
      DATABASE_URL: 'postgres://app:p%w@db/ctms',
      DATABASE_OWNER_URL: 'postgres://owner:p%w@db/ctms',
      REDIS_URL: 'redis://:p%w@cache',
      AUDIT_CHECKPOINT_WEBHOOK: 'https://user:hunter2@witness.example.org',
    };
    const found = faults({ ENVIRONMENT: 'production', ...wrong });
    const named = found.map((fault) => fault.split(':')[0]);
    expect(named.sort()).toEqual([...Object.keys(wrong), 'SECRET_KEY'].sort());
    expect(found.join()).not.toMatch(/p%w|hunter2|nginx/);
  });

  it.each(['nginx', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.1:80', '::1/129', '0.0.0.0/0'])(
    'reject %s as a trusted proxy',
    (TRUSTED_PROXIES) => {
      expect(faults({ TRUSTED_PROXIES })).toEqual([expect.stringMatching(/^TRUSTED_PROXIES: must be addresses/)]);
    },
  );

  it('accept addresses, ranges and named ranges as trusted proxies', () => {
    const TRUSTED_PROXIES =
      '10.0.0.0/8, 192.0.2.7, 10.1.0.0/255.255.0.0, ::1, fd00::/8, loopback, linklocal, uniquelocal';
    expect(loadConfig({ TRUSTED_PROXIES }).trustedProxies).toHaveLength(8);
  });

  it.each(['REDACTION_DELAY_HOURS', 'WORKER_HANG_SECONDS', 'REQUEST_LOG_MIB_PER_HOUR', 'OTEL_TRACES_SAMPLER_ARG'])(
    'take only decimal digits for %s',
    (name) => {
      for (const value of [' ', '\t', '1e1', '0x10', '1_000', '1,5', 'x', '-', '.', '1.'])
        expect(faults({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: must be a`))]);
      expect(faults({ [name]: ' 1 ' })).toEqual([]);
    },
  );

  it('keep the bounds of numbers', () => {
    for (const PORT of ['-1', '65536', '1.0', '99999999999999999999']) expect(faults({ PORT })).toHaveLength(1);
    expect(loadConfig({ PORT: '0', REQUEST_LOG_MIB_PER_HOUR: '.5' })).toMatchObject({
      port: 0,
      requestLogBytesPerHour: 524_288,
    });
    expect(faults({ OTEL_TRACES_SAMPLER_ARG: '1.01' })).toHaveLength(1);
  });

  it('accept a percent-encoded password, a socket folder and a numbered database of Redis', () => {
    const DATABASE_URL = 'postgres://app:p%25w@%2Frun%2Fpostgres/ctms';
    expect(loadConfig({ DATABASE_URL, REDIS_URL: 'redis://:p%25w@cache/3' })).toMatchObject({
      databaseUrl: DATABASE_URL,
      redisUrl: 'redis://:p%25w@cache/3',
    });
    expect(faults({ REDIS_URL: 'redis://cache/main' })).toEqual([expect.stringMatching(/^REDIS_URL: must end with/)]);
  });
});

describe('values as the replaced FastAPI back end has them', () => {
  it('are booleans of Python', () => {
    for (const yes of ['True', 'TRUE', 'on', 'Yes', '1'])
      expect(loadConfig({ SMTP_TLS: yes, RATE_LIMIT_ENABLED: yes })).toMatchObject({
        smtp: { tls: true },
        rateLimits: { enabled: true },
      });
    for (const no of ['False', 'FALSE', 'off', 'No', '0'])
      expect(loadConfig({ SMTP_TLS: no, RATE_LIMIT_ENABLED: no })).toMatchObject({
        smtp: { tls: false },
        rateLimits: { enabled: false },
      });
    expect(faults({ SMTP_TLS: 'maybe' })).toEqual(['SMTP_TLS: must be true or false']);
  });

  it.each([
    ['INFO', 'info'],
    ['WARNING', 'warn'],
    ['warning', 'warn'],
    ['CRITICAL', 'fatal'],
    ['Debug', 'debug'],
    ['trace', 'trace'],
  ])('are the log level %s, here %s', (LOG_LEVEL, logLevel) => {
    expect(loadConfig({ LOG_LEVEL }).logLevel).toBe(logLevel);
  });

  it.each(['postgresql+asyncpg', 'postgresql+psycopg2', 'postgresql'])('are addresses of %s', (scheme) => {
    const url = (user: string) => `${scheme}://${user}:p@db:5432/ctms`;
    const config = loadConfig({ DATABASE_URL: url('app'), DATABASE_OWNER_URL: url('owner') });
    expect(config).toMatchObject({
      databaseUrl: 'postgresql://app:p@db:5432/ctms',
      databaseOwnerUrl: 'postgresql://owner:p@db:5432/ctms',
    });
  });
});
