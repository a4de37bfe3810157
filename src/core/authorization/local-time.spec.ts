import fc from 'fast-check';
import { startOfDay } from './local-time.js';

const start = (zone: string, day: string, daysLater = 0) => startOfDay(zone, day, daysLater).toISOString();

describe('startOfDay', () => {
  it.each([
    ['UTC', '2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-28', '2026-11-27T18:30:00.000Z'],
    ['America/St_Johns', '2026-11-28', '2026-11-28T03:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-28', '2026-11-27T10:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Asia/Kolkata', '0001-01-01', '0000-12-31T18:06:32.000Z'],
  ])('in %s, returns for %s %s', (zone, day, expected) => {
    expect(start(zone, day)).toBe(expected);
  });

  it('returns the end of the gap where daylight saving skips midnight', () => {
    expect(start('America/Sao_Paulo', '2018-11-04')).toBe('2018-11-04T03:00:00.000Z');
    expect(start('Asia/Beirut', '2024-03-31')).toBe('2024-03-30T22:00:00.000Z');
    expect(start('America/Toronto', '1919-03-31')).toBe('1919-03-31T04:30:00.000Z');
  });

  it('returns the earlier instant where the clock shows midnight twice', () => {
    expect(start('Atlantic/Azores', '2026-10-25')).toBe('2026-10-25T00:00:00.000Z');
    expect(start('America/Havana', '2026-11-01')).toBe('2026-11-01T04:00:00.000Z');
  });

  it('returns the start of the next day where the zone left the day out', () => {
    expect(start('Pacific/Apia', '2011-12-30')).toBe('2011-12-30T10:00:00.000Z');
    expect(start('Pacific/Apia', '2011-12-30', 1)).toBe('2011-12-30T10:00:00.000Z');
  });

  it('returns the first second that shows the day, in every zone', () => {
    const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'Pacific/Apia');
    const days = fc.date({ min: new Date('1971-01-01'), max: new Date('2037-12-31'), noInvalidDate: true });
    const clocks = new Map<string, Intl.DateTimeFormat>();
    const dayOn = (zone: string, at: number) => {
      const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
      clocks.set(zone, clock);
      return clock.format(at);
    };
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (zone, date) => {
        const day = date.toISOString().slice(0, 10);
        const first = startOfDay(zone, day).getTime();
        // A zone may leave out a day, as those by the date line did.
        if (first === startOfDay(zone, day, 1).getTime()) return;
        expect([zone, dayOn(zone, first)]).toEqual([zone, day]);
        expect([zone, dayOn(zone, first - 1000) < day]).toEqual([zone, true]);
      }),
      { numRuns: 2000 },
    );
  });
});
