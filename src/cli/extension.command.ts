import { extensionFolders } from '../core/config/extension-folders.js';
import { loadCommands } from '../core/config/extension-commands.js';
import { parseCliArguments } from './arguments.js';
import { runCommand } from './run-command.js';

const commands = await loadCommands(extensionFolders());
const names = commands.map(({ name }) => name).join(', ') || 'none';
const USAGE = `Usage: npm run extension -- COMMAND [ARGUMENT …]\nCommands of the extensions that are here: ${names}`;

const [name] = process.argv.slice(2);
const command = commands.find((each) => each.name === name);
if (command) {
  // Arguments after its name belong to the command.
  process.argv.splice(2, 1);
  await runCommand(command.usage, command.options, async (app, options) => {
    const { CommandActors } = await import('./command-actors.js');
    const actors = new CommandActors(app, command.name);
    await command.work({ app, actorNamed: (username) => actors.named(username) }, options);
  });
} else {
  parseCliArguments(USAGE, () => {
    throw new Error(`${name === undefined ? 'Name a command' : `No extension has a command ${name}`}\n${USAGE}`);
  });
}
