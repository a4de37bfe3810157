import { z } from 'zod';

/** Samplers of `OTEL_TRACES_SAMPLER`; the OpenTelemetry specification names them. */
export const TRACE_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const isCollectorUrl = (value: string) =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && !/[?#]/.test(value);

export const collectorUrl = z
  .string()
  .refine(isCollectorUrl, 'must be an http or https URL like http://collector:4318, without a query');

const PAIR = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/;

/** `key=value` pairs, comma-separated, values percent-encoded (W3C Baggage). */
export const keyValues = z.string().transform((text, context): Readonly<Record<string, string>> => {
  const items = text.split(',').filter((item) => item.trim() !== '');
  const pairs = items.map(decodedPair);
  if (pairs.every((pair) => pair !== undefined)) return Object.fromEntries(pairs);
  // Without the item: it may be a credential.
  context.addIssue('must be like key=value,other=value, with percent-encoded values');
  return z.NEVER;
});

function decodedPair(item: string): [string, string] | undefined {
  const [, key, value = ''] = PAIR.exec(item) ?? [];
  try {
    return key === undefined ? undefined : [key, decodeURIComponent(value)];
  } catch {
    return undefined;
  }
}
