import { optionsTakenByNpm } from '../core/config/environment.js';

const HELP = ['--help', '-h'];
/** `--silent` in a usage is meant for npm. */
const OPTION_OF_USAGE = /(?<=[\s[])--(?!silent)[a-z][a-z-]+/g;

/**
 * Parses the arguments of a command. Answers a call for help and refuses wrong arguments, each with the usage; the command
 * then does nothing.
 *
 * @param options reads the arguments strictly: `parseArgs` refuses unknown ones
 * @returns undefined where there is nothing to do
 */
export function parseCliArguments<O>(usage: string, options: () => O): O | undefined {
  if (process.argv.slice(2).some((argument) => HELP.includes(argument))) {
    process.stdout.write(`${usage}\n`);
    return undefined;
  }
  try {
    assertNoneTakenByNpm(usage);
    return options();
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string };
    process.stderr.write(`${message}\n${code.startsWith('ERR_PARSE_ARGS') ? `${usage}\n` : ''}`);
    process.exitCode = 1;
    return undefined;
  }
}

/**
 * Asserts that no option was lost on the way: npm keeps what stands before `--`, and a command that was to be tried by
 * `--dry-run`, which no usage needs to have, would do its work.
 *
 * @throws Error that names the missing `--`
 */
export function assertNoneTakenByNpm(usage: string): void {
  const own = new Set([...(usage.match(OPTION_OF_USAGE) ?? []), '--dry-run']);
  const given = (option: string) => process.argv.some((argument) => argument.split('=')[0] === option);
  const lost = optionsTakenByNpm().filter((option) => own.has(option) && !given(option));
  if (lost.length === 0) return;
  throw new Error(
    `npm took ${lost.join(', ')} for options of its own. Put -- before the options of the command:\n${usage}`,
  );
}
