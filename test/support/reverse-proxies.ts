import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

/** The host that clients address; curl and `ws` resolve it to this machine. */
export const PUBLIC_HOST = 'ctms.example.org';

export interface ReverseProxy {
  readonly port: number;
  stop(): void;
}

interface Settings {
  readonly folder: string;
  readonly port: number;
  readonly upstream: string;
}

/** One way to terminate TLS and HTTP/2 in front of the product; Debian's package of the name. */
export interface ProxyKind {
  readonly name: string;
  readonly program: string;
  readonly config: (settings: Settings) => string;
  readonly args: (folder: string) => string[];
}

const nginx: ProxyKind = {
  name: 'nginx',
  program: '/usr/sbin/nginx',
  args: (folder) => ['-p', folder, '-c', join(folder, 'proxy.conf'), '-e', 'stderr', '-g', 'daemon off;'],
  config: ({ folder, port, upstream }) => `
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log stderr warn;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      gzip on;
      gzip_min_length 100;
      gzip_types application/json text/csv;
      gzip_proxied any;
      map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
      server {
        listen 127.0.0.1:${port} ssl http2;
        server_name ${PUBLIC_HOST};
        ssl_certificate ${folder}/certificate.pem;
        ssl_certificate_key ${folder}/key.pem;
        location / {
          proxy_pass ${upstream};
          proxy_http_version 1.1;
          proxy_set_header Host $host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
        }
      }
    }`,
};

const MODULES = '/usr/lib/apache2/modules';
const LOADED = [
  'mpm_event',
  'authz_core',
  'ssl',
  'http2',
  'deflate',
  'filter',
  'headers',
  'proxy',
  'proxy_http',
  'rewrite',
];

const apache: ProxyKind = {
  name: 'Apache',
  program: '/usr/sbin/apache2',
  args: (folder) => ['-d', folder, '-f', join(folder, 'proxy.conf'), '-X'],
  config: ({ folder, port, upstream }) => `
    ${[...LOADED, 'proxy_wstunnel', 'socache_shmcb'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
    ServerName ${PUBLIC_HOST}
    User www-data
    Group www-data
    DefaultRuntimeDir ${folder}
    PidFile ${folder}/apache.pid
    ErrorLog ${folder}/error.log
    Listen 127.0.0.1:${port}
    AddOutputFilterByType DEFLATE application/json text/csv
    SSLEngine on
    SSLCertificateFile ${folder}/certificate.pem
    SSLCertificateKeyFile ${folder}/key.pem
    Protocols h2 http/1.1
    ProxyPreserveHost on
    # The specs listen on a port of their own; the public address has none.
    RequestHeader set Host ${PUBLIC_HOST}
    RequestHeader set X-Forwarded-Proto https
    RewriteEngine on
    RewriteCond %{HTTP:Upgrade} websocket [NC]
    RewriteRule ^/(.*)$ ${upstream.replace('http', 'ws')}/$1 [P,L]
    ProxyPass / ${upstream}/
    ProxyPassReverse / ${upstream}/`,
};

/** The proxies that this machine has. */
export const PROXIES = [nginx, apache].map((kind) => ({ ...kind, isInstalled: existsSync(kind.program) }));

/**
 * Starts a proxy with a certificate of its own in front of the product.
 *
 * @param upstream address of the product, without a slash at its end
 * @throws an error with what the proxy printed where it does not listen
 */
export async function startProxy(kind: ProxyKind, upstream: string): Promise<ReverseProxy> {
  const folder = mkdtempSync(join(tmpdir(), `ctms-${kind.name}-`));
  for (const name of ['body', 'proxy', 'logs']) mkdirSync(join(folder, name));
  selfSign(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'proxy.conf'), kind.config({ folder, port, upstream }));
  const child = spawn(kind.program, kind.args(folder), { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  await waitFor(() => child.exitCode !== null || isOpen(port), 10_000).catch(() => undefined);
  if (!(await isOpen(port))) throw new Error(`${kind.name} does not listen: ${output()}`);
  return {
    port,
    stop: () => {
      child.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function selfSign(folder: string): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${PUBLIC_HOST}`],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')],
    ],
    { stdio: 'ignore' },
  );
}

/** Standard output and standard error of a process so far. */
function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (data) => (text += String(data)));
  child.stderr?.on('data', (data) => (text += String(data)));
  return () => text;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
