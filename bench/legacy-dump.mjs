// Writes a Django dump of so many tasks, with twice as many entries of history, as many notifications, 1,000 users and 50
// tags. The same number gives the same bytes.
import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const USERS = 1000;
const TAGS = 50;
const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'];
const PRIORITIES = ['low', 'medium', 'high', 'critical'];
const WORDS =
  `verify informed consent forms site visit monitor adverse event report data query lab sample shipment protocol
  deviation randomisation eligibility ethics committee approval archive training delegation log temperature pharmacy
  accountability reconciliation closure audit`.split(/\s+/);
const PASSWORD = `pbkdf2_sha256$1000$salt$${pbkdf2Sync('old-Password-1', 'salt', 1000, 32, 'sha256').toString('base64')}`;

function* records(tasks) {
  let seed = 7;
  const below = (limit) => (seed = (seed * 1103515245 + 12345) % 2147483648) % limit;
  const say = (words) => Array.from({ length: words }, () => WORDS[below(WORDS.length)]).join(' ');
  const at = (minute) => new Date(1_700_000_000_000 + minute * 60_000).toISOString().replace('Z', '456Z');
  for (let pk = 1; pk <= USERS; pk++) {
    const name = { username: `user${pk}`, email: `user${pk}@mail.test`, first_name: '', last_name: '' };
    const standing = { is_superuser: false, is_staff: false, is_active: true, email_verified: true };
    const role = pk % 10 ? 'developer' : 'manager';
    const times = { last_login: null, date_joined: at(pk), timezone: 'Asia/Kolkata' };
    const rights = { role, groups: [], user_permissions: [] };
    yield { model: 'users.user', pk, fields: { password: PASSWORD, ...name, ...standing, ...times, ...rights } };
  }
  for (let pk = 1; pk <= TAGS; pk++) yield { model: 'tasks.tag', pk, fields: { name: `tag ${pk}` } };
  for (let pk = 1; pk <= tasks; pk++) {
    const status = STATUSES[below(4)];
    const text = { title: `${say(5)} ${pk}`, description: say(12), status, priority: PRIORITIES[below(4)] };
    const people = { assigned_to: 1 + below(USERS), created_by: 1 + below(USERS) };
    const hours = { estimated_hours: `${1 + below(40)}.50`, actual_hours: status === 'completed' ? '7.25' : null };
    const times = {
      deadline: at(500_000 + pk),
      created_at: at(pk),
      updated_at: at(pk + 100),
      priority_escalated: false,
    };
    const links = {
      parent_task: pk > 10 && pk % 3 === 0 ? pk - 1 - below(9) : null,
      tags: pk % 2 ? [1 + below(TAGS)] : [],
    };
    yield { model: 'tasks.task', pk, fields: { ...text, ...people, ...hours, ...times, ...links } };
  }
  for (let pk = 1; pk <= 2 * tasks; pk++) {
    const change = { from_status: STATUSES[below(4)], to_status: STATUSES[below(4)], timestamp: at(pk) };
    yield { model: 'tasks.taskhistory', pk, fields: { task: 1 + below(tasks), action: 'Status changed', ...change } };
  }
  for (let pk = 1; pk <= tasks; pk++) {
    const what = { message: `Task assigned: ${say(5)}`, notification_type: 'task_assigned', created_at: at(pk) };
    const about = { user: 1 + below(USERS), task: 1 + below(tasks), read: pk % 2 === 0, is_delivered: true };
    yield { model: 'notifications.notification', pk, fields: { ...about, ...what } };
  }
}

export async function writeDump(path, tasks) {
  const out = createWriteStream(path);
  let separator = '[';
  for (const record of records(tasks)) {
    if (!out.write(separator + JSON.stringify(record))) await once(out, 'drain');
    separator = ',\n';
  }
  out.end(']\n');
  await once(out, 'finish');
}
