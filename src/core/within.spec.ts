import { within } from './within.js';

describe('an answer within a limited time', () => {
  afterEach(() => jest.useRealTimers());

  it('is that of what was asked', async () => {
    await expect(within(1000, Promise.resolve(7))).resolves.toBe(7);
    await expect(within(1000, Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });

  it('is an error where none comes', async () => {
    jest.useFakeTimers();
    const answer = expect(within(1000, new Promise(() => undefined))).rejects.toThrow('no answer within 1000 ms');
    jest.advanceTimersByTime(1000);
    await answer;
  });

  it('leaves no timer behind', async () => {
    jest.useFakeTimers();
    await within(1000, Promise.resolve());
    expect(jest.getTimerCount()).toBe(0);
  });
});
