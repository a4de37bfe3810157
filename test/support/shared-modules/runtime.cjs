const { join, sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const PACKAGES = `${sep}node_modules${sep}`;
/** Modules that were loaded by a spec file of this worker, by path. */
const shared = new Map();
/** Source maps of the modules, by path of the source. */
const sourceMaps = new Map();

/**
 * Loads the product, its packages and what supports tests once a worker, not once a spec file: that took half of the CPU of a
 * file, and code that is always new is never optimized. Test files themselves, and what they load from elsewhere, are their own.
 *
 * A spec that replaces modules (`jest.mock`) has `@jest-environment node` at its top, and so modules of its own.
 */
module.exports = class SharedModulesRuntime extends Runtime {
  /** Runtime of the file that is running. */
  static current;

  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    this.shares = environment.sharesModules === true;
    if (!this.shares) return;
    this.folders = ['src', 'test/support'].map((folder) => join(config.rootDir, folder) + sep);
    const registry = this.registries.getActiveCjsRegistry();
    for (const [path, module] of shared) registry.set(path, module);
    for (const [path, map] of sourceMaps) this.getSourceMaps().set(path, map);
    SharedModulesRuntime.current = this;
  }

  /** Delegates late loads of a shared module to the runtime of the current file: that of an earlier one is torn down. */
  requireModuleOrMock(from, name) {
    const { current } = SharedModulesRuntime;
    if (this.shares && current !== this) return current.requireModuleOrMock(from, name);
    return super.requireModuleOrMock(from, name);
  }

  teardown() {
    if (this.shares) {
      for (const [path, module] of this.registries.getActiveCjsRegistry()) {
        if (this.isShared(path) && module.loaded) shared.set(path, module);
      }
      for (const [path, map] of this.getSourceMaps()) sourceMaps.set(path, map);
    }
    super.teardown();
  }

  /** True for modules that outlive a spec file. Packages may be linked from another folder. */
  isShared(path) {
    if (path.endsWith('.spec.ts')) return false;
    return path.includes(PACKAGES) || this.folders.some((folder) => path.startsWith(folder));
  }
};
