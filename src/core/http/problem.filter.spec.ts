import { ServiceUnavailableException } from '@nestjs/common';
import { toProblem } from './problem.filter.js';

const ofCode = (code: string) => Object.assign(new Error(`getaddrinfo ${code} db`), { code });

describe('a transient failure', () => {
  it.each([
    ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED', '57P01'].map(
      (code) => [code, ofCode(code)] as const,
    ),
    ['a busy extension', new ServiceUnavailableException()] as const,
  ])('is 503 with Retry-After: %s', (_, thrown) => {
    const problem = toProblem(thrown);
    expect([problem.getStatus(), problem.code, problem.extras.headers]).toEqual([503, 'busy', { 'Retry-After': '1' }]);
  });
});
