import { type Response } from 'supertest';
import { documented } from '../support/documented.js';
import { document } from '../support/openapi.js';

const answer = (body: unknown, status = 200, type = 'application/json') => ({ status, type, body }) as Response;
const held =
  (body: unknown, status?: number, path = '/api/tags') =>
  () =>
    documented('get', path, answer(body, status), Object.keys(document.paths));

describe('the check of answers against the document', () => {
  it('accepts documented responses', () => {
    expect(held([])).not.toThrow();
    expect(held({ count: 3 }, 200, '/api/notifications/unread_count')).not.toThrow();
  });

  it('rejects an extra field, a missing one, one of another type, and another status', () => {
    const path = '/api/notifications/unread_count';
    expect(held({ count: 3, more: 1 }, 200, path)).toThrow('additional properties');
    expect(held({}, 200, path)).toThrow("required property 'count'");
    expect(held({ count: '3' }, 200, path)).toThrow('must be integer');
    expect(held({ count: 3 }, 202, path)).toThrow('no JSON for 202');
  });
});
