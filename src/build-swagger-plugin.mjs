// The plugin of @nestjs/swagger for `nest build`, in folders of any name. TypeScript writes letters beyond ASCII of a path
// in import("…") as \u00f6, and the plugin takes each backslash for a separator; it also decodes %41 in the paths of files,
// but not in those that it compares them with. Either way the build would end well and not start.
import { before as swagger } from '@nestjs/swagger/plugin';

const unescaped = (text) => text.replaceAll(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function inAnyFolder(program) {
  const checker = program.getTypeChecker();
  const { typeToString } = checker;
  checker.typeToString = (...args) => unescaped(typeToString(...args));
  const options = program.getCompilerOptions();
  const { outDir, rootDir } = options;
  const changes = { getCompilerOptions: () => ({ ...options, outDir: decoded(outDir), rootDir: decoded(rootDir) }) };
  return new Proxy(program, { get: (target, name) => changes[name] ?? target[name] });
}

export const before = (options, program) => swagger(options, inAnyFolder(program));
