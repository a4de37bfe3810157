// Serves the example on an origin of its own; the API is that of `npm start`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const FILES = {
  '/': ['text/html; charset=utf-8', new URL('spa/index.html', import.meta.url)],
  '/ctms-client.js': ['text/javascript; charset=utf-8', new URL('../client/dist/index.js', import.meta.url)],
};
const port = Number(process.env.EXAMPLE_PORT ?? 5173);

const server = createServer((request, response) => {
  const [type, file] = FILES[request.url.split('?')[0]] ?? [];
  if (!file) return response.writeHead(404).end();
  return response.writeHead(200, { 'Content-Type': type }).end(readFileSync(file));
});
server.listen(port, 'localhost', () => {
  process.stdout.write(`The example is on http://localhost:${server.address().port}; start the API with npm start\n`);
});
