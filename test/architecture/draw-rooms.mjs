// npm run docs:rooms: draws docs/rooms.svg from the imports of src. `--check` compares instead, and exits with 1 where it is old.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLOORS, floorOf, importsOf, roomOf, sourcesOf } from './imports.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const FILE = join(ROOT, 'docs/rooms.svg');
const [WIDTH, HEIGHT, GAP, LEFT, STEPS] = [220, 80, 30, 20, 900];
const LINE_LENGTH = 34;
const isOfExtension = (path) => /^extensions\/[^/]+\//.test(path);
const SHOWN = FLOORS.map((rooms) => rooms.filter((room) => !room.endsWith('.mjs'))).filter((rooms) => rooms.length > 0);

/** The way of `PATCH /api/tasks/:id`; each file must exist. */
const WAY = [
  ['core/authorization/roles.guard.ts', 'who may ever do this; 403 before the body is read'],
  ['core/authorization/working-hours.guard.ts', 'and now: 9–18 h, or a critical task'],
  ['core/http/validation.pipe.ts', 'TaskPatch; unknown keys are refused'],
  ['tasks/tasks.controller.ts', 'update: words of HTTP only'],
  ['tasks/tasks.service.ts', 'update: lock, check, change, cascade'],
  ['tasks/task.policy.ts', 'visible, editable, as it is and as it will be'],
  ['core/persistence/unit-of-work.ts', 'one transaction: change, audit entry, notices'],
  ['audit/audit-trail.ts', 'who, what, before, after, why'],
  ['core/persistence/domain-events.ts', 'after the commit: sockets and subscribers'],
];

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The names in lines of a box. */
function lines(names) {
  return names.reduce((all, name) => {
    const last = all.at(-1);
    if (last === undefined || last.length + name.length > LINE_LENGTH) return [...all, name];
    return [...all.slice(0, -1), `${last}, ${name}`];
  }, []);
}

function places() {
  const rows = [...SHOWN].reverse();
  const at = new Map();
  rows.forEach((rooms, row) => {
    const width = rooms.length * (WIDTH + GAP) - GAP;
    const start = LEFT + (STEPS - 60 - width) / 2;
    rooms.forEach((room, column) =>
      at.set(room, { x: start + column * (WIDTH + GAP), y: 50 + row * (HEIGHT + GAP), room }),
    );
  });
  return at;
}

function picture() {
  const src = join(ROOT, 'src');
  // An extension is one folder: the drawing is the same without it.
  const imports = importsOf(src).filter(({ from }) => !isOfExtension(from));
  const pairs = new Set(imports.map(({ from, to }) => `${roomOf(from)} ${roomOf(to)}`));
  const files = sourcesOf(src).filter((file) => !isOfExtension(file));
  for (const [file] of WAY) if (!existsSync(join(src, file))) throw new Error(`The way of a PATCH names ${file}`);
  const at = places();
  const arrows = [...pairs]
    .sort()
    .map((pair) => ({ ends: pair.split(' ').map((room) => at.get(room)), pair }))
    .filter(({ ends: [a, b] }) => a && b && a !== b)
    .map(({ ends: [a, b], pair }) => {
      const up = floorOf(b.room) >= floorOf(a.room);
      const [x1, y1, x2, y2] = [a.x + WIDTH / 2, a.y + HEIGHT, b.x + WIDTH / 2, b.y];
      const bend = (y2 - y1) / 2;
      return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}" class="${up ? 'up' : 'down'}"><title>${pair.replace(' ', ' → ')}</title></path>`;
    });
  const boxes = [...at.values()].map(({ x, y, room }) => {
    const inside = files.filter((file) => roomOf(file) === room && file.split('/').length > 2);
    const notes = lines([...new Set(inside.map((file) => file.split('/')[1]))]).map(
      (text, line) => `<text x="${x + WIDTH / 2}" y="${y + 36 + line * 11}" class="note">${text}</text>`,
    );
    return `<g><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/><text x="${x + WIDTH / 2}" y="${y + 20}">${room}</text>${notes.join('')}</g>`;
  });
  const way = WAY.map(
    ([file, what], step) =>
      `<g><text x="${STEPS}" y="${96 + step * 52}" class="step">${step + 1}  ${escape(file)}</text><text x="${STEPS + 18}" y="${114 + step * 52}" class="what">${escape(what)}</text></g>`,
  );
  const height = 60 + SHOWN.length * (HEIGHT + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 ${height}" font-family="system-ui, sans-serif" font-size="14">
<style>rect{fill:#eef3f8;stroke:#3b5b7a}text{text-anchor:middle;fill:#16283a}.note{font-size:10px;fill:#5b6b7a}path{fill:none;stroke:#3b5b7a;stroke-opacity:.25}.up{stroke:#c00;stroke-opacity:1}.step,.what,.title{text-anchor:start}.step{font-family:ui-monospace,monospace;font-size:12px}.what{font-size:12px;fill:#5b6b7a}.title{font-weight:600}</style>
<rect width="1280" height="${height}" style="fill:#fff;stroke:none"/>
<text x="${LEFT}" y="28" class="title">The rooms of src: each imports of lower floors only</text>
<text x="${STEPS}" y="66" class="title">The way of PATCH /api/tasks/:id</text>
${[...arrows, ...boxes, ...way].join('\n')}
</svg>
`;
}

const drawn = picture();
if (!process.argv.includes('--check')) writeFileSync(FILE, drawn);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== drawn) {
  process.stderr.write('docs/rooms.svg is older than src: npm run docs:rooms\n');
  process.exitCode = 1;
}
