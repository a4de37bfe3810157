import { createClient } from '../../client/src/index.js';

describe('a request of the client', () => {
  it('that is aborted while it waits for a repetition ends at once', async () => {
    const controller = new AbortController();
    let attempts = 0;
    const client = createClient({
      baseUrl: 'http://localhost',
      fetch: () => {
        attempts++;
        setImmediate(() => controller.abort());
        return Promise.resolve(new Response('{}', { status: 503, headers: { 'Retry-After': '10' } }));
      },
    });
    await expect(client.get('/api/tasks', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(attempts).toBe(1);
  }, 5000);
});
