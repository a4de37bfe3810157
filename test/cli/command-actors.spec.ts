import { CommandActors } from '../../src/cli/command-actors.js';
import { anActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';

describe('the user on whose behalf a command works', () => {
  it('has the time and the exception for critical tasks of requests', async () => {
    const app = await TestApp.start({ CRITICAL_GIVEN_BY: 'manager' });
    await anActor(app, 'developer', { username: 'asha' });
    const actor = await new CommandActors(app.nest, 'import').named('asha');
    expect(actor.criticalException).toMatchObject({ givenBy: 'manager' });
    expect(actor.now).toBeInstanceOf(Date);
    await app.stop();
  });
});
