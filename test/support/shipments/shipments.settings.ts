import { z } from 'zod';
import { defineSettings } from '../../../src/core/config/extension-settings.js';

export class ShipmentsSettings extends defineSettings('SHIPMENTS_', {
  MAX_PER_NAME: z.coerce.number().int().min(1).default(1),
  API_KEY: z.string().min(8, 'must have 8 characters or more').optional(),
}) {}
