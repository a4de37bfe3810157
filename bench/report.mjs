// Tables and a picture of one run.
const round = (value, digits = 0) => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** One line a scenario, for people. */
export function markdown({ machine, size, rounds, seconds, floor, results, compared }) {
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
    ...[row.name, round(row.perSecond, 1), round(row.ofFloor, 2), wanted(row), round(row.p50, 1), round(row.p99, 1)],
    ...[
      round(row.serverMicros),
      round(row.databaseMicros),
      compared?.[row.name] ? `× ${round(row.perSecond / compared[row.name], 2)}` : '–',
    ],
  ]);
  return `# ${size.toLocaleString('en')} tasks

${machine}. ${rounds} rounds of ${seconds} s each, interleaved; medians. The floor, bare \`node:http\` and \`pg\` with one prepared
statement for a page of 20, did ${round(floor)} a second in the same run. "Wanted" is a multiple of the replaced FastAPI back end
as it was measured on another day, or a share of the floor: the ratios to the floor are what this run proves.

| ${head.join(' | ')} |
| ${head.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |
${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

function wanted({ perSecond, ofFloor, peer, times, floor, least }) {
  const goal = times ? peer * times : least;
  if (goal) return `${round(goal)} ${perSecond >= goal ? '✓' : '✗'}`;
  return floor ? `${floor} of the floor ${ofFloor >= floor ? '✓' : '✗'}` : '–';
}

/** Bars of requests a second, on a logarithmic scale. */
export function picture({ size, floor, results }) {
  const rows = [{ name: 'the floor: a page of 20', perSecond: floor }, ...results];
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
