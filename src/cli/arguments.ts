const HELP = ['--help', '-h'];

/**
 * What the arguments of a command say. A call for help is answered and a wrong one refused, each by the usage; then
 * there is nothing else to do, and whoever wanted to see what a command does has not had it done.
 *
 * @param options reads them, strictly: `parseArgs` refuses what it does not know
 */
export function parseCliArguments<O>(usage: string, options: () => O): O | undefined {
  if (process.argv.slice(2).some((argument) => HELP.includes(argument))) {
    process.stdout.write(`${usage}\n`);
    return undefined;
  }
  try {
    return options();
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string };
    process.stderr.write(`${message}\n${code.startsWith('ERR_PARSE_ARGS') ? `${usage}\n` : ''}`);
    process.exitCode = 1;
    return undefined;
  }
}
