#!/usr/bin/env node
// Verifies evidence bundles offline. It needs Node 20.12 or later and nothing else.
import { verify } from './verify.js';

const script = process.argv[1] ?? '.';
process.exitCode = await verify(process.argv.slice(2), script, (line) => void process.stdout.write(`${line}\n`));
