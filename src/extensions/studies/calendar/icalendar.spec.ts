import fc from 'fast-check';
import { escapeText, foldLine, writeCalendar, type DayEvent } from './icalendar.js';

/** Undoes folding (RFC 5545 §3.1). */
const unfold = (text: string): string => text.replaceAll('\r\n ', '');

describe('A calendar', () => {
  it('folds lines at 75 octets, and no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const folded = foldLine(text.replaceAll(/[\r\n]/g, ''));
        expect(unfold(folded)).toBe(text.replaceAll(/[\r\n]/g, ''));
        for (const line of folded.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      }),
    );
    expect(foldLine('é'.repeat(40))).toBe(`${'é'.repeat(37)}\r\n ${'é'.repeat(3)}`);
  });

  it('escapes what ends a value, and drops control characters', () => {
    expect(escapeText('a\\b;c,d\r\ne\nf\u0000\u0007')).toBe('a\\\\b\\;c\\,d\\ne\\nf');
  });

  const event: DayEvent = {
    uid: 'u',
    start: '2026-12-30',
    end: '2026-12-31',
    summary: 'S',
    status: 'CONFIRMED',
    stamp: new Date('2026-11-16T10:00:00.123Z'),
  };

  it('of many events leaves turns to others', async () => {
    let turns = 0;
    const turn = () => {
      turns++;
      counting = setImmediate(turn);
    };
    let counting = setImmediate(turn);
    const text = await writeCalendar('N', Array<DayEvent>(5_000).fill({ ...event, summary: 'é'.repeat(400) }));
    clearImmediate(counting);
    expect(turns).toBeGreaterThanOrEqual(40);
    expect(text.split('BEGIN:VEVENT')).toHaveLength(5_001);
  });

  it('ends days on the day after', async () => {
    const text = await writeCalendar('N', [event]);
    expect(text).toContain('DTSTAMP:20261116T100000Z\r\nDTSTART;VALUE=DATE:20261230\r\nDTEND;VALUE=DATE:20270101\r\n');
  });
});
