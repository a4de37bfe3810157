import { hashError } from './password-hasher.service.js';

const bcryptOf = (cost: string) => `$2b$${cost}$${'a'.repeat(53)}`;
const pbkdf2Of = (rounds: string) => `pbkdf2_sha256$${rounds}$salt$${'a'.repeat(43)}=`;

describe('a hash of a replaced system', () => {
  it.each([bcryptOf('04'), bcryptOf('16'), `bcrypt$${bcryptOf('12')}`, pbkdf2Of('1'), pbkdf2Of('10000000')])(
    'can be verified: %s',
    (hash) => expect(hashError(hash)).toBeUndefined(),
  );

  it.each([
    [bcryptOf('17'), 'is a hash of a higher cost than 16'],
    [`bcrypt_sha256$${bcryptOf('31')}`, 'is a hash of a higher cost than 16'],
    [pbkdf2Of('10000001'), 'is a hash of more than 10000000 rounds, or of none'],
    [pbkdf2Of('0'), 'is a hash of more than 10000000 rounds, or of none'],
    ['argon2$x', 'is a hash of a kind that cannot be verified here'],
  ])('cannot be verified, since it would take too long or is of another kind: %s', (hash, reason) =>
    expect(hashError(hash)).toBe(reason),
  );
});
