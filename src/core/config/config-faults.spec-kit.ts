import { type ConfigError } from './config-errors.js';
import { loadConfig } from './load-config.js';

/** Returns the faults of an environment, as `NAME: message`. */
export function faults(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
}
