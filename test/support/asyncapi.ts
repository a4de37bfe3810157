import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { loadConfig } from '../../src/core/config/load-config.js';
import { document } from './openapi.js';
import { asyncApiDocument } from '../../src/notifications/websocket/asyncapi.document.js';

interface Message {
  readonly payload: object;
  readonly examples: readonly { readonly payload: object }[];
}

export interface AsyncApi {
  readonly channels: { readonly live: { readonly messages: Readonly<Record<string, { $ref: string }>> } };
  readonly operations: Readonly<Record<string, { readonly action: string; readonly messages: { $ref: string }[] }>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

const config = loadConfig({ ENVIRONMENT: 'test', SECRET_KEY: 'k'.repeat(40) });
/** Both documents have the same types of notifications. */
const { enum: everyType } = document.components.schemas.NotificationView.properties.notification_type;

/** The AsyncAPI document of the WebSocket, with the kinds of notifications of all extensions. */
export const asyncApi = asyncApiDocument(config, { everyType }) as AsyncApi;

const ajv = new Ajv({ strict: false });
// It has been made for ES modules and is loaded as none here.
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
ajv.addFormat('int32', true);

/** Validators of the payloads by name of the message. */
export const payloads: ReadonlyMap<string, ValidateFunction> = new Map(
  Object.entries(asyncApi.components.messages).map(([name, { payload }]) => [name, ajv.compile(payload)]),
);

/** @throws where a frame of the server is not as the AsyncAPI document describes it */
export function assertFrameDocumented(text: string): void {
  const frame = JSON.parse(text) as { type: string };
  const validate = payloads.get(frame.type);
  if (!validate?.(frame)) throw new Error(`${text}: ${validate ? ajv.errorsText(validate.errors) : 'no such message'}`);
}
