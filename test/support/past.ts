import { anActor, as, type TestActor } from './actors.js';
import { TestApp } from './app.js';

/** An application whose states as of a time are asked for: who changes tasks, who reads the past, two assignees and three tags. */
export interface Past {
  readonly app: TestApp;
  readonly manager: TestActor;
  readonly auditor: TestActor;
  readonly people: number[];
  readonly tags: number[];
}

export async function startPast(): Promise<Past> {
  const app = await TestApp.start();
  const manager = await anActor(app, 'manager');
  const auditor = await anActor(app, 'auditor');
  const people = [(await anActor(app, 'developer')).id, (await anActor(app, 'developer')).id];
  const tags: number[] = [];
  for (const name of ['a', 'b', 'c']) tags.push((await as(manager).post('/api/tags', { name })).body.id as number);
  return { app, manager, auditor, people, tags };
}
