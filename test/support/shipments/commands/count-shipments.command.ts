import { type ExtensionCommand } from '../../../../src/core/config/extension-commands.js';

export const command: ExtensionCommand<undefined> = {
  name: 'count:shipments',
  usage: 'Usage: npm run extension -- count:shipments',
  options: () => undefined,
  work: async ({ actorNamed }) => void process.stdout.write(`${(await actorNamed()).username}\n`),
};
