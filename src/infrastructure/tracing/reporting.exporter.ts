import { type Logger } from '@nestjs/common';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type ReadableSpan } from '@opentelemetry/sdk-trace';
import { type TracingConfig } from '../../core/config/tracing-config.js';
import { Outage } from '../../core/persistence/outage.js';

/** OTLP exporter that logs the begin and the end of an outage of the collector, without its headers. */
export class ReportingExporter extends OTLPTraceExporter {
  private readonly outage: Outage;

  constructor({ endpoint, headers }: TracingConfig, logger: Logger) {
    const url = new URL(endpoint);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
    super({ url: url.href, headers: { ...headers } });
    this.outage = new Outage(logger, `Traces are not exported: ${url.origin} does not take them`);
  }

  override export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    super.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.outage.worked();
      else this.outage.failed(reasonOf(result.error));
      done(result);
    });
  }
}

/** The response of a collector may quote what was sent to it: only its status, or the error of the network, is logged. */
function reasonOf(error: (Error & { code?: unknown }) | undefined): string {
  const { code } = error ?? {};
  if (typeof code === 'number') return `status ${code}`;
  return typeof code === 'string' ? code : 'it accepted none in time';
}
