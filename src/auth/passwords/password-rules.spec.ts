import { passwordWeakness } from './password-rules.js';

const about = { username: 'asha', email: 'asha.rao@site-four.example', appName: 'Our Trials' };

describe('passwordWeakness', () => {
  it.each([
    ...[
      'aaaaaaaa',
      'abababab',
      'abcabcabc',
      '        ',
      '\t\t\t\t\t\t\t\t',
      'zzzzzzzzzzzz',
      'a'.repeat(100),
      '????????',
    ],
    ...['abcdefgh', 'ABCDEFGH', 'hgfedcba', 'qwertyuiop', 'asdfghjkl', '1q2w3e4r', '1qaz2wsx', 'qazwsxedc', 'abcd1234'],
    ...[
      'aaaabbbb',
      'abc123xyz',
      '12345678a',
      'qwertzui',
      'a b c d e f g h',
      '\uff41\uff42\uff43\uff44\uff45\uff46\uff47\uff48',
    ],
    ...[
      'ctms2026!',
      'CTMS-2026',
      'ctmsctms',
      'c7ms2026',
      'trial-demo-2026',
      'Trial2026!',
      'clinical1',
      'clinicaltrial',
    ],
    ...[
      'Passw0rd!',
      'P@ssw0rd2026',
      'manager2026',
      'Welcome-1',
      'our-trials-1',
      'asha2026!',
      'Rao-2026!',
      '!!site-four1',
    ],
    ...['password1', 'iloveyou', '1234567890', 'sunshine'],
  ])('refuses %j', (password) => {
    expect(passwordWeakness(password, about)).toEqual(expect.any(String));
  });

  it.each([
    ...[
      'correct horse battery',
      'another fine phrase',
      'tRial-place-77',
      'hunter2hunter2',
      'our trials run well in may',
    ],
    ...[
      'k7$Pq2!x',
      'zq8#mvLw',
      'the clinical trial of site four',
      'blue kettle 42',
      'p\u00e4sse\u00df und \u00f6l',
      '\u6b63\u78ba\u306a\u99ac\u306e\u96fb\u6c60',
    ],
    ...[
      `${'\u00e9'.repeat(40)}${'x'.repeat(50)}1`,
      `${'a'.repeat(72)}b`,
      'asha likes tea at noon',
      'qwerty keyboards are old',
    ],
  ])('accepts %j', (password) => {
    expect(passwordWeakness(password, about)).toBeUndefined();
  });
});
