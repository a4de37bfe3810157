import { setTimeout as sleep } from 'node:timers/promises';
import { Http } from './http.mjs';

const PASSWORD = 'trial-demo-2026';
const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'];
const ACTIONS = { create: 25, describe: 25, move: 15, reassign: 6, bulk: 8, child: 5, delete: 6, read: 10 };
const DEADLINE = '2037-01-01T00:00:00.000Z';
/** A client that was refused, or whose connection broke, waits a moment. */
const PAUSE_MS = 40;

/**
 * Clients that create, change and delete tasks at random, one request at a time each. Every task belongs to one of them, so
 * that it knows what it must look like.
 */
export class Clients {
  #http;
  #stopped = true;
  #running;

  /** @param targets gives the addresses of the replicas that requests may go to */
  constructor(journal, random, targets, keepAlive = true) {
    Object.assign(this, { journal, random, targets });
    this.#http = new Http(keepAlive);
  }

  /** Signs in and learns who there is. */
  async signIn() {
    const base = this.targets()[0];
    const { body, text } = await this.#http.send(base, 'POST', '/api/auth/login', {
      body: { username: 'manager', password: PASSWORD },
    });
    if (!body?.access) throw new Error(`The manager cannot sign in: ${text}`);
    this.token = body.access;
    const users = await this.get('/api/auth/users');
    this.people = users.body.filter(({ role }) => role !== 'auditor').map(({ id }) => id);
  }

  get(path, base = this.random.pick(this.targets())) {
    return this.#http.send(base, 'GET', path, { headers: { Authorization: `Bearer ${this.token}` } });
  }

  /** A task is written and read. @returns whether both succeeded */
  async works() {
    const base = this.random.pick(this.targets());
    if ((await this.get('/api/tasks?limit=5', base)).status !== 200) return false;
    return (await this.#create('probe', base)) === 'acknowledged';
  }

  /** @param parallel how many clients */
  start(parallel) {
    this.#stopped = false;
    this.#running = Promise.all(Array.from({ length: parallel }, (_, lane) => this.#lane(lane)));
  }

  /** Resolves when the last answers are there. */
  async stop() {
    this.#stopped = true;
    await this.#running;
  }

  close() {
    this.#http.close();
  }

  async #lane(lane) {
    const random = this.random.fork(lane);
    while (!this.#stopped) {
      const outcome = await this.#act(`client ${lane}`, random);
      if (outcome !== 'acknowledged') await sleep(PAUSE_MS);
    }
  }

  #act(owner, random) {
    const base = random.pick(this.targets());
    const own = [...this.journal.tasks.values()].filter((task) => task.owner === owner && !task.gone);
    const action = own.length < 3 ? 'create' : random.weighted(ACTIONS);
    const task = random.pick(own);
    switch (action) {
      case 'create':
        return this.#create(owner, base, random);
      case 'child':
        return this.#create(owner, base, random, task);
      case 'describe':
        return this.#patch(task, { description: `Note ${random.between(1, 1e9)}` }, base);
      case 'move':
        return this.#patch(task, { status: other(random, STATUSES, task.status) }, base);
      case 'reassign':
        return this.#patch(task, { assigned_to: other(random, this.people, task.assigned_to) }, base);
      case 'bulk':
        return this.#bulk(own.slice(-random.between(2, 12)), random.pick(STATUSES), base);
      case 'delete':
        return this.#delete(task, base);
      default:
        return this.#read(base);
    }
  }

  async #write(kind, method, path, body, base) {
    const id = this.journal.nextId();
    const answer = await this.#http.send(base, method, path, {
      body,
      headers: { Authorization: `Bearer ${this.token}`, 'X-Request-Id': id },
    });
    const outcome = this.journal.record(`${id} ${kind}`, answer);
    return { id, kind, outcome, body: answer.body };
  }

  async #create(owner, base, random = this.random, parent = undefined) {
    const title = `${owner} ${random.between(1, 1e9)}`;
    const given = { title, estimated_hours: '1.50', deadline: DEADLINE, assigned_to: random.pick(this.people) };
    const body = { ...given, ...(parent && { parent_task: parent.id }) };
    const write = await this.#write('create', 'POST', '/api/tasks', body, base);
    const task = write.outcome === 'acknowledged' ? write.body : undefined;
    if (parent) parent.related = true;
    if (task) this.journal.tasks.set(task.id, { ...seen(task), owner, related: parent !== undefined });
    this.journal.add({ ...write, body: undefined, taskIds: task ? [task.id] : [], entries: 1 });
    return write.outcome;
  }

  async #patch(task, change, base) {
    // A change to what a task may already be, after an unknown outcome, is none.
    const entries = task.unsure || task.blurred ? 0 : 1;
    const write = await this.#write('patch', 'PATCH', `/api/tasks/${task.id}`, change, base);
    if (write.outcome === 'acknowledged') Object.assign(task, seen(write.body), { unsure: false });
    if (write.outcome === 'unknown') task.unsure = true;
    if (change.status !== undefined) this.#blurRelatives(task);
    this.journal.add({ ...write, body: undefined, taskIds: [task.id], entries });
    return write.outcome;
  }

  async #bulk(tasks, status, base) {
    const body = { task_ids: tasks.map(({ id }) => id), status };
    const write = await this.#write('bulk', 'POST', '/api/tasks/bulk-update', body, base);
    const exact = tasks.every((task) => !task.unsure && !task.related && !task.blurred);
    const moving = tasks.filter((task) => task.status !== status);
    this.journal.add({ ...write, body: undefined, taskIds: body.task_ids, entries: exact ? moving.length : 0, exact });
    for (const task of tasks) {
      if (write.outcome === 'acknowledged' && task.status !== status)
        Object.assign(task, { status, version: task.version + 1 });
      if (write.outcome === 'unknown') task.unsure = true;
      this.#blurRelatives(task);
    }
    return write.outcome;
  }

  async #delete(task, base) {
    const write = await this.#write('delete', 'DELETE', `/api/tasks/${task.id}`, undefined, base);
    if (write.outcome === 'acknowledged') Object.assign(task, { gone: true, deleted: true, version: task.version + 1 });
    // Of an unknown outcome nothing more is asked; children go with their parent.
    if (write.outcome === 'unknown') Object.assign(task, { gone: true, unsure: true });
    if (task.related) this.#blurRelatives(task);
    this.journal.add({ ...write, body: undefined, taskIds: [task.id], entries: 1 });
    return write.outcome;
  }

  /** Changes cascade within a family, so a client that changes one of its members does not know the others. */
  #blurRelatives(task) {
    if (!task.related) return;
    for (const each of this.journal.tasks.values())
      if (each.owner === task.owner && each.related) Object.assign(each, { unsure: true, blurred: true });
  }

  async #read(base) {
    const answer = await this.get('/api/tasks?limit=20&sort=-id', base);
    this.journal.reads++;
    return this.journal.record('read', answer);
  }
}

const seen = ({ id, title, description, status, version, assigned_to }) => ({
  id,
  title,
  description,
  status,
  version,
  assigned_to,
  deleted: false,
});

function other(random, values, known) {
  return random.pick(values.filter((value) => value !== known));
}
