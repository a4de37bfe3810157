// The table and the picture of cost against size.
const digits = (value, places = 1) => (value === undefined ? '–' : value.toFixed(places));
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Ratio of the largest size to 10,000 tasks, or to the smallest where there is none. */
function growth(results, of) {
  const base = results.find(({ size }) => size === 10_000) ?? results[0];
  return `× ${digits(of(results.at(-1)) / of(base), 2)}`;
}

export function growthMarkdown({ machine, rounds, seconds, results }) {
  const sizes = results.map(({ size }) => size.toLocaleString('en'));
  const names = Object.keys(results[0].costs);
  const times = names.map((name) => [
    name,
    ...results.map(({ costs }) => digits(costs[name].ms, 2)),
    growth(results, ({ costs }) => costs[name].ms),
  ]);
  const micros = (cost) => cost.serverMicros + cost.databaseMicros;
  const costs = names.map((name) => [
    name,
    ...results.map((result) => digits(micros(result.costs[name]), 0)),
    growth(results, (result) => micros(result.costs[name])),
  ]);
  const streams = ['list', 'export'].flatMap((kind) =>
    results.map(({ size, streams: { [kind]: one } }) => [
      kind === 'list' ? 'GET /api/tasks, whole' : 'GET /api/tasks/export.csv',
      size.toLocaleString('en'),
      digits(one.firstMs, 0),
      digits(one.ms / 1000, 2),
      digits(size / (one.ms / 1000), 0),
      digits(one.moreMb),
      digits(one.peakMb, 0),
    ]),
  );
  return `# Cost against size

${machine}. One request at a time; medians of ${rounds} rounds of ${seconds} s each, in turns with the floor of the same size
(bare \`node:http\` and \`pg\`, a page of 20). The last column says how many times as much the largest size takes as 10,000.

Milliseconds:

${table(['request', ...sizes, 'growth'], times)}

Microseconds of CPU, server and database together:

${table(['request', ...sizes, 'growth'], costs)}

Long answers, from the first to the last byte; memory beyond what the server had before:

${table(['answer', 'tasks', 'first byte ms', 'all s', 'rows/s', 'more MB', 'peak MB'], streams)}

Start-up: ${results.map(({ size, startMs }) => `${digits(startMs / 1000, 2)} s at ${size.toLocaleString('en')}`).join(', ')}.
`;
}

const SHOWN = [
  ['the floor: a page of 20', '#888'],
  ['page of 50: first', '#2a6f97'],
  ['page of 50: halfway', '#61a5c2'],
  ['page of 50: sort=-priority,deadline', '#e09f3e'],
  ['page of 50: q of some', '#9e2a2b'],
  ['page of 50: q of one task', '#d62828'],
  ['list of a developer, whole', '#386641'],
  ['analytics of a manager', '#7209b7'],
  ['POST a task', '#bc6c25'],
  ['PATCH a status', '#dda15e'],
];
const [LEFT, TOP, WIDTH, HEIGHT] = [60, 50, 460, 340];

/** Both axes logarithmic: what is flat costs the same at any size. */
export function growthPicture({ results }) {
  const shown = SHOWN.filter(([name]) => results[0].costs[name]);
  const times = results.flatMap(({ costs }) => shown.map(([name]) => costs[name].ms));
  const span = (least, most) => [
    Math.floor(Math.log10(least)),
    Math.max(Math.ceil(Math.log10(most)), Math.floor(Math.log10(least)) + 1),
  ];
  const [x0, x1] = span(results[0].size, results.at(-1).size);
  const [y0, y1] = span(Math.min(...times), Math.max(...times));
  const x = (size) => LEFT + ((Math.log10(size) - x0) / (x1 - x0)) * WIDTH;
  const y = (ms) => TOP + HEIGHT - ((Math.log10(ms) - y0) / (y1 - y0)) * HEIGHT;
  const powers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const grid = [
    ...powers(x0, x1).map(
      (size) =>
        line(x(size), TOP, x(size), TOP + HEIGHT) +
        text(x(size), TOP + HEIGHT + 18, size.toLocaleString('en'), 'middle'),
    ),
    ...powers(y0, y1).map(
      (ms) => line(LEFT, y(ms), LEFT + WIDTH, y(ms)) + text(LEFT - 6, y(ms) + 4, `${ms} ms`, 'end'),
    ),
  ];
  const curves = shown.map(([name, colour], i) => {
    const points = results.map(({ size, costs }) => `${x(size).toFixed(1)},${y(costs[name].ms).toFixed(1)}`).join(' ');
    const key = TOP + 14 + i * 20;
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>
<rect x="${LEFT + WIDTH + 20}" y="${key - 9}" width="14" height="4" fill="${colour}"/>${text(LEFT + WIDTH + 40, key - 3, name, 'start')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="820" height="430" font-family="sans-serif" font-size="12">
<rect width="820" height="430" fill="#fff"/>
${text(20, 26, 'Median time of one request against the number of tasks (both logarithmic)', 'start')}
${[...grid, ...curves].join('\n')}
</svg>
`;
}

const line = (x1, y1, x2, y2) => `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#ddd"/>`;
const text = (x, y, words, anchor) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
