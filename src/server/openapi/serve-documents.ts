import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { type Config } from '../../core/config/config.js';
import { projectRoot } from '../../core/config/project-root.js';
import { NotificationKinds } from '../../notifications/notification-kinds.sql.js';
import { asyncApiDocument } from '../../notifications/websocket/asyncapi.document.js';
import { openApiDocument } from './document.js';
import { documentYaml } from './document-yaml.js';
import { swaggerUiPlugin } from './swagger-ui-plugin.js';

const REDOC = ['dist/server/openapi/redoc.standalone.js', 'node_modules/redoc/bundles/redoc.standalone.js'];
/** Logo that Redoc's script loads from a foreign host; replaced by an empty image. */
const FOREIGN_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f5f8b"/>
<path d="M9 17l5 5 9-12" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** Placeholder for the library, which takes no promise: `patchDocumentOnRequest` returns the document in its place. */
const PLACEHOLDER: OpenAPIObject = { openapi: '3.1.0', info: { title: '', version: '' }, paths: {} };

/** Serves `/docs` (Swagger UI), `/redoc`, `/openapi.json` and, for the WebSocket, `/asyncapi.json`. */
export async function serveDocuments(app: NestFastifyApplication, config: Config): Promise<void> {
  const document = memoize(() => openApiDocument(app, config));
  SwaggerModule.setup('docs', app, () => PLACEHOLDER, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    patchDocumentOnRequest: document,
    customSiteTitle: `${config.appName} API`,
    customfavIcon: '/favicon.svg',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      filter: true,
      plugins: [swaggerUiPlugin],
      withCredentials: true,
      responseInterceptor: applyToken,
    },
  });
  serveYaml(app, document);
  serveAsyncApi(app, config);
  serveRedoc(app, config);
  serveFavicon(app);
}

/**
 * Runs in the browser, as Swagger UI's response interceptor: applies the token of a login, refresh or renewal to
 * every further call.
 */
function applyToken(response: { url: string; ok: boolean; text?: string; headers?: Record<string, string> }): unknown {
  const ui = (globalThis as { ui?: { preauthorizeApiKey(name: string, token: string): void } }).ui;
  const signedIn = response.ok && /\/api\/auth\/(login|refresh)\/?$/.test(response.url);
  const token = signedIn
    ? (JSON.parse(response.text || '{}') as { access?: string }).access
    : response.headers?.['x-new-access-token'];
  if (ui && token) ui.preauthorizeApiKey('access-token', token);
  return response;
}

/** Returns a function that shares one build among its callers; a failed build is not kept. */
function memoize<T>(build: () => Promise<T>): () => Promise<T> {
  let built: Promise<T> | undefined;
  return () =>
    (built ??= build().catch((error: unknown) => {
      built = undefined;
      throw error;
    }));
}

function serveYaml(app: NestFastifyApplication, document: () => Promise<OpenAPIObject>): void {
  const server = app.getHttpAdapter().getInstance();
  server.get('/openapi.yaml', async (_request, reply) =>
    reply.type('text/yaml; charset=utf-8').send(await documentYaml(await document())),
  );
}

function serveAsyncApi(app: NestFastifyApplication, config: Config): void {
  const server = app.getHttpAdapter().getInstance();
  server.get('/asyncapi.json', (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(asyncApiDocument(config, app.get(NotificationKinds)))),
  );
}

function serveRedoc(app: NestFastifyApplication, config: Config): void {
  const server = app.getHttpAdapter().getInstance();
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(config.appName)} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.svg">
<style>body { margin: 0 }</style></head>
<body><redoc spec-url="/openapi.json"></redoc><script src="/redoc/redoc.standalone.js"></script></body></html>`;
  server.get('/redoc', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  server.get('/redoc/redoc.standalone.js', async (_request, reply) => {
    const file = REDOC.map((path) => join(projectRoot(), path)).find(existsSync);
    if (!file) return reply.status(404).send();
    return reply
      .type('text/javascript; charset=utf-8')
      .send((await readFile(file, 'utf8')).replaceAll(FOREIGN_LOGO, 'data:,'));
  });
}

/** Serves the icon; browsers request `/favicon.ico` where a page names none. */
function serveFavicon(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  for (const path of ['/favicon.svg', '/favicon.ico'])
    server.get(path, (_request, reply) =>
      reply.header('Cache-Control', 'public, max-age=86400').type('image/svg+xml').send(FAVICON),
    );
}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
