import { mapInTurns, renderInTurns } from './turns.js';

/** Counts the turns of the event loop while `work` runs. */
async function turnsOf<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let turns = 0;
  let pending: NodeJS.Immediate;
  const count = () => {
    turns++;
    pending = setImmediate(count);
  };
  pending = setImmediate(count);
  const result = await work();
  clearImmediate(pending);
  return { result, turns };
}

async function piecesOf<T>(items: readonly T[], render: (item: T) => string): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of renderInTurns(items, render)) pieces.push(piece);
  return pieces;
}

const busy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end;);
};

describe('long computing', () => {
  it('has a turn of the event loop for each 10 ms', async () => {
    const items = Array.from({ length: 12 }, (_, i) => i);
    const { result, turns } = await turnsOf(() => mapInTurns(items, (i) => (busy(5), -i)));
    expect(result).toEqual(items.map((i) => -i));
    expect(turns).toBeGreaterThanOrEqual(5);
    expect(await mapInTurns([], String)).toEqual([]);
  });

  it('has a turn for each piece of text', async () => {
    const items = Array.from({ length: 10 }, (_, i) => String(i).repeat(40_000));
    const { result, turns } = await turnsOf(() => piecesOf(items, (text) => `${text}\n`));
    expect(result.map(({ length }) => length)).toEqual([80_002, 80_002, 80_002, 80_002, 80_002]);
    expect(result.join('')).toBe(items.map((text) => `${text}\n`).join(''));
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(await piecesOf([], String)).toEqual([]);
    expect(await piecesOf([1, 2], String)).toEqual(['12']);
  });
});
