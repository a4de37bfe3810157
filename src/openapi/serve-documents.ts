import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { type Config } from '../config/config.js';
import { packageRoot } from '../config/package-root.js';
import { openApiDocument } from './document.js';

const REDOC = ['dist/openapi/redoc.standalone.js', 'node_modules/redoc/bundles/redoc.standalone.js'];

/** Serves `/docs` (Swagger UI), `/redoc` and `/openapi.json`. */
export async function serveDocuments(app: NestFastifyApplication, config: Config): Promise<void> {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, config), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: `${config.appName} API`,
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      withCredentials: true,
      responseInterceptor: applyToken,
    },
  });
  serveRedoc(app, config);
}

/**
 * Runs in the browser, as Swagger UI's response interceptor: the token that a login, a refresh or a renewal hands out
 * is applied to every further call.
 */
function applyToken(response: { url: string; ok: boolean; text?: string; headers?: Record<string, string> }): unknown {
  const ui = (globalThis as unknown as { ui?: { preauthorizeApiKey(name: string, token: string): void } }).ui;
  const signedIn = response.ok && /\/api\/auth\/(login|refresh)\/?$/.test(response.url);
  const token = signedIn
    ? (JSON.parse(response.text || '{}') as { access?: string }).access
    : response.headers?.['x-new-access-token'];
  if (ui && token) ui.preauthorizeApiKey('access-token', token);
  return response;
}

function serveRedoc(app: NestFastifyApplication, config: Config): void {
  const server = app.getHttpAdapter().getInstance();
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(config.appName)} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><redoc spec-url="/openapi.json"></redoc><script src="/redoc/redoc.standalone.js"></script></body></html>`;
  server.get('/redoc', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  server.get('/redoc/redoc.standalone.js', async (_request, reply) => {
    const file = REDOC.map((path) => join(packageRoot(), path)).find(existsSync);
    if (!file) return reply.status(404).send();
    return reply.type('text/javascript; charset=utf-8').send(await readFile(file));
  });
}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
