import fc from 'fast-check';
import { loadConfig } from '../config/load-config.js';
import { isTimeZone } from './local-time.js';
import { WorkingCalendar } from './working-calendar.js';

const calendar = new WorkingCalendar(loadConfig({}));
const open = (zone: string, time: string) => calendar.isOpen(zone, new Date(time));
const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'America/St_Johns',
];

describe('working hours', () => {
  it('are 9:00 to before 18:00 on the wall clock of the zone', () => {
    expect(open('Asia/Kolkata', '2026-03-02T03:29:59.999Z')).toBe(false);
    expect(open('Asia/Kolkata', '2026-03-02T03:30:00.000Z')).toBe(true);
    expect(open('Asia/Kolkata', '2026-03-02T12:29:59.999Z')).toBe(true);
    expect(open('Asia/Kolkata', '2026-03-02T12:30:00.000Z')).toBe(false);
  });

  it('follow daylight saving', () => {
    expect(open('Europe/Berlin', '2026-03-28T08:00:00Z')).toBe(true);
    expect(open('Europe/Berlin', '2026-03-28T07:30:00Z')).toBe(false);
    expect(open('Europe/Berlin', '2026-03-29T07:00:00Z')).toBe(true);
    expect(open('America/New_York', '2026-11-01T13:30:00Z')).toBe(false);
    expect(open('America/New_York', '2026-11-01T14:00:00Z')).toBe(true);
  });

  it('open next at 9:00 local, also over a DST night', () => {
    const next = (zone: string, time: string) => calendar.opensAt(zone, new Date(time)).toISOString();
    expect(next('Europe/Berlin', '2026-03-28T20:00:00Z')).toBe('2026-03-29T07:00:00.000Z');
    expect(next('Europe/Berlin', '2026-10-24T20:00:00Z')).toBe('2026-10-25T08:00:00.000Z');
    expect(next('Asia/Kolkata', '2026-03-02T20:00:00Z')).toBe('2026-03-03T03:30:00.000Z');
    expect(next('UTC', '2026-03-02T10:00:00Z')).toBe('2026-03-02T10:00:00.000Z');
  });

  it('are open at the predicted opening, and not before', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        (zone, at) => {
          const from = calendar.opensAt(zone, at);
          expect(calendar.isOpen(zone, from)).toBe(true);
          expect(from.getTime()).toBeGreaterThanOrEqual(at.getTime());
          if (from > at) expect(calendar.isOpen(zone, new Date(from.getTime() - 1))).toBe(false);
          expect(from.getTime() - at.getTime()).toBeLessThanOrEqual(16 * 3_600_000);
        },
      ),
    );
  });

  it('accept IANA zones and aliases, and nothing else', () => {
    expect(
      ['UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Berlin', 'US/Eastern'].filter((zone) => !isTimeZone(zone)),
    ).toEqual([]);
    expect(['', 'Mars/Olympus', '+05:30', 'Asia/Kolkata\0', ' UTC'].filter(isTimeZone)).toEqual([]);
  });
});
