import { Module } from '@nestjs/common';
import { LegacyImport } from './legacy-import.service.js';

/** Imports from replaced systems; it has a command and no routes. */
@Module({ providers: [LegacyImport] })
export class LegacyImportModule {}
