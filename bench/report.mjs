// Tables and a picture of one run.

/** Pages a second of the floor on the machine where the replaced back ends were measured. */
const FLOOR_OF_PEERS = 5100;
const round = (value, digits = 0) => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** One line a scenario, for people. */
export function markdown({
  machine,
  size,
  rounds,
  seconds,
  connections,
  workers,
  floor,
  results,
  logins,
  memory,
  compared,
}) {
  const head = [
    'request',
    'per second',
    'of the floor',
    'wanted',
    'p50 ms',
    'p99 ms',
    'µs CPU server',
    'µs CPU database',
    'before',
  ];
  const lines = results.map((row) => [
    ...[
      row.name,
      round(row.perSecond, 1),
      round(row.ofFloor, row.ofFloor < 0.1 ? 3 : 2),
      wanted(row),
      round(row.p50, 1),
      round(row.p99, 1),
    ],
    ...[
      round(row.serverMicros),
      round(row.databaseMicros),
      compared?.[row.name] ? `× ${round(row.perSecond / compared[row.name], 2)}` : '–',
    ],
  ]);
  return `# ${size.toLocaleString('en')} tasks

${machine}. ${workers} process(es) that serve, ${round(memory.resident)} MB resident at the end${memory.rested ? `, ${round(memory.rested)} MB at rest` : ''}; ${connections} connections. ${rounds} rounds of ${seconds} s each, interleaved; medians. The floor, bare \`node:http\` and \`pg\` with one prepared
statement for a page of 20, did ${round(floor)} a second in the same run. "Wanted" is a multiple of the replaced FastAPI back end
as it was measured where the floor did ${FLOOR_OF_PEERS}, and what share of the floor that is: the shares are what this run proves.

| ${head.join(' | ')} |
| ${head.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |
${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
${logins ? loginsTold(logins) : ''}`;
}

function loginsTold({ bare, logins, ofBare, beside, pages, pagesBeside, p99, p99Beside, timesP99 }) {
  return `
## Log-ins

| | | wanted |
| --- | ---: | ---: |
| verifications a second of bcrypt alone | ${round(bare, 1)} | – |
| log-ins a second | ${round(logins, 1)} | – |
| of bcrypt alone | ${round(ofBare, 2)} | 0.9 ${ofBare >= 0.9 ? '✓' : '✗'} |
| pages of 20 a second, alone and beside log-ins | ${round(pages)}, ${round(pagesBeside)} | – |
| log-ins a second beside pages | ${round(beside, 1)} | – |
| p99 of pages, ms, alone and beside log-ins | ${round(p99, 1)}, ${round(p99Beside, 1)} | – |
| times its p99 | ${round(timesP99, 2)} | 3 at most ${timesP99 <= 3 ? '✓' : '✗'} |
`;
}

function wanted({ perSecond, p50, ofFloor, peer, times, floor, least, under }) {
  if (least) return `${least}, p50 < ${under} ${perSecond >= least && p50 < under ? '✓' : '✗'}`;
  const share = times ? (peer * times) / FLOOR_OF_PEERS : floor;
  if (!share) return '–';
  const ratio = `${round(share, share < 0.1 ? 3 : 2)} of the floor ${ofFloor >= share ? '✓' : '✗'}`;
  return times ? `${round(peer * times)}: ${ratio}` : ratio;
}

/** Bars of requests a second, on a logarithmic scale. */
export function picture({ size, results: rows }) {
  const scale = (value) => 60 * Math.log10(Math.max(1, value) * 10) - 60;
  const bars = rows.map(({ name, perSecond }, i) => {
    const y = 44 + i * 26;
    return `<text x="350" y="${y + 13}" text-anchor="end">${escaped(name)}</text>
<rect x="360" y="${y}" width="${Math.max(2, scale(perSecond)).toFixed(0)}" height="18" fill="${i === 0 ? '#888' : '#2a6f97'}"/>
<text x="${366 + scale(perSecond)}" y="${y + 13}">${round(perSecond, perSecond < 100 ? 1 : 0)}</text>`;
  });
  const height = 60 + rows.length * 26;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="${height}" font-family="sans-serif" font-size="12">
<rect width="720" height="${height}" fill="#fff"/>
<text x="20" y="24" font-size="14">Requests a second on ${size.toLocaleString('en')} tasks (logarithmic)</text>
${bars.join('\n')}
</svg>
`;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
