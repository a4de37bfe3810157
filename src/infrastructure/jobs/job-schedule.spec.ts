import cronParser from 'cron-parser';
import { DatabaseTime } from '../../core/persistence/database-time.js';
import { JobSchedule, nextDue } from './job-schedule.js';

const HOUR_MS = 3_600_000;
const at = (time: string) => Date.parse(`2026-11-30T${time}Z`);

class MovedTime extends DatabaseTime {
  constructor(private moment: number) {
    super();
  }

  override now(): number {
    return this.moment;
  }

  set(moment: number): void {
    this.moment = moment;
  }
}

/** A schedule that starts at a time. @returns a function that moves the time and gives the names of what is enqueued */
function scheduleFrom(start: number, jobs: Record<string, string>) {
  const time = new MovedTime(start);
  const schedule = new JobSchedule(time);
  const enqueued: string[] = [];
  let isAway = false;
  const enqueue = (name: string) => {
    if (isAway) return Promise.reject(new Error('The database is away'));
    enqueued.push(name);
    return Promise.resolve();
  };
  schedule.start(new Map(Object.entries(jobs)), enqueue);
  schedule.stop();
  return async (moment: number, away = false) => {
    time.set(moment);
    isAway = away;
    await schedule.check(enqueue);
    return enqueued.splice(0);
  };
}

describe('JobSchedule', () => {
  afterEach(() => jest.restoreAllMocks());

  it('enqueues a run once when it is due', async () => {
    const checkAt = scheduleFrom(at('01:59:30'), { nightly: '0 2 * * *', minutely: '* * * * *' });
    expect(await checkAt(at('01:59:59.900'))).toEqual([]);
    expect(await checkAt(at('02:00:03'))).toEqual(['nightly', 'minutely']);
    expect(await checkAt(at('02:00:30'))).toEqual([]);
    expect(await checkAt(at('02:01:04'))).toEqual(['minutely']);
  });

  it('makes up for what was due while the database was away by one run', async () => {
    const checkAt = scheduleFrom(at('01:59:30'), { minutely: '* * * * *', nightly: '0 2 * * *' });
    for (let minutes = 1; minutes < 10; minutes++) expect(await checkAt(at(`02:0${minutes}:05`), true)).toEqual([]);
    expect(await checkAt(at('02:10:05'))).toEqual(['minutely', 'nightly']);
    expect(await checkAt(at('02:10:10'))).toEqual([]);
  });

  it('goes on when the clock is set back', async () => {
    const checkAt = scheduleFrom(at('12:00:30'), { minutely: '* * * * *' });
    expect(await checkAt(at('12:00:30') - HOUR_MS)).toEqual([]);
    expect(await checkAt(at('12:01:05') - HOUR_MS)).toEqual(['minutely']);
  });

  it('has nothing to compute while nothing is due', async () => {
    const checkAt = scheduleFrom(at('11:59:30'), { hourly: '0 * * * *', nightly: '0 2 * * *' });
    const parse = jest.spyOn(cronParser, 'parseExpression');
    for (let second = 30; second < 60; second++) expect(await checkAt(at(`11:59:${second}`))).toEqual([]);
    expect(parse).not.toHaveBeenCalled();
    expect(await checkAt(at('12:00:05'))).toEqual(['hourly']);
    expect(parse).toHaveBeenCalledTimes(1);
  });

  it('refuses an expression that is never due', () => {
    expect(() => nextDue('0 0 31 2,4 *', 0)).toThrow('loop limit exceeded');
  });

  it('finds the next time that an expression is due', () => {
    expect(nextDue('0 * * * *', at('12:00:00') - 1)).toBe(at('12:00:00'));
    expect(nextDue('0 * * * *', at('12:00:00'))).toBe(at('13:00:00'));
    expect(nextDue('* * * * *', at('12:00:00.500'))).toBe(at('12:01:00'));
    expect(nextDue('0 0 1 * *', at('23:59:59.999'))).toBe(Date.parse('2026-12-01T00:00:00Z'));
  });
});
