import { createClient, type Send } from '../../client/src/index.js';
import { TestApp } from '../support/app.js';
import { aMember, PASSWORD } from '../support/device.js';
import { problemOf } from './problem-of.js';

describe('a login of the client after failed ones', () => {
  it('asks the question, and fails where it is not answered', async () => {
    const app = await TestApp.start({ LOGIN_FAILURES_BEFORE_CHALLENGE: '2' });
    await app.nest.listen(0, '127.0.0.1');
    const baseUrl = await app.nest.getUrl();
    await aMember(app, 'asha');
    const credentials = { username: 'asha', password: PASSWORD };
    const questions: string[] = [];
    const onCaptcha = (question: string) => {
      questions.push(question);
      return String(question.split(' + ').reduce((total, part) => total + Number(part), 0));
    };
    const client = createClient({ baseUrl, onCaptcha });
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await problemOf(client.signIn({ ...credentials, password: 'wrong' }))).code).toBe('wrong_credentials');
    expect(questions).toEqual([]);
    for (const nothing of [undefined, null]) {
      let sent = 0;
      const counted: Send = (request) => (sent++, fetch(request));
      const silent = createClient({ baseUrl, fetch: counted, onCaptcha: () => nothing });
      expect((await problemOf(silent.signIn(credentials))).code).toBe('challenge_required');
      expect(sent).toBe(1);
    }
    await client.signIn(credentials);
    expect(questions).toEqual([expect.stringMatching(/^\d+ \+ \d+$/)]);
    expect((await client.get('/api/auth/users/me')).username).toBe('asha');
    await app.stop();
  });
});
