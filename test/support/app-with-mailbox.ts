import { TestApp } from './app.js';
import { Mailbox } from './mailbox.js';
import { processQueuedJobs } from './queued-jobs.js';

/** Starts an app whose jobs run and whose mails come to a mailbox, which closes when the app stops. */
export async function startWithMailbox(
  env: Record<string, string> = {},
): Promise<{ readonly app: TestApp; readonly mailbox: Mailbox }> {
  const mailbox = await Mailbox.open();
  const app = await TestApp.start({ ...mailbox.env, ...env });
  app.onStopped(() => mailbox.close());
  await processQueuedJobs(app);
  return { app, mailbox };
}
