import { z } from 'zod';
import { defineSettings } from '../../../src/core/config/extension-settings.js';
import { integer } from '../../../src/core/config/variable-types.js';

export class ShipmentsSettings extends defineSettings('SHIPMENTS_', {
  MAX_PER_NAME: integer(1, 1000).default(1),
  API_KEY: z.string().min(8, 'must have 8 characters or more').optional(),
}) {}
