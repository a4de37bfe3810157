import { ANYONE, WHO_EXTENSION } from '../../core/authorization/access-documentation.js';
import { type Schema } from './complete-schema.js';

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

interface Parameter {
  readonly name: string;
  readonly in?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: Schema;
}

/** Operation of the document, with the extensions that decorators add. */
export interface Operation {
  description?: string;
  tags?: string[];
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: { $ref?: string } }> };
  security?: object[];
  responses: Record<string, { headers?: object }>;
  [extension: `x-${string}`]: unknown;
}

/** True where no token is needed. */
export const isPublic = (operation: Operation): boolean => operation[WHO_EXTENSION] === ANYONE;
