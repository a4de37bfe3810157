import { type Worker } from 'node:cluster';

interface Handle {
  close(): void;
}

/**
 * Closes connections that were in transit to a worker when it died: Node drops them without closing, since no
 * acknowledgement comes, and their clients would wait forever.
 */
export function closeOrphanedConnections({ process: child }: Worker): void {
  const inTransit = new Map<number, Handle>();
  const send = child.send.bind(child) as (...parts: unknown[]) => boolean;
  const sendNoting = (message: { act?: string; seq?: number }, handle?: Handle, ...rest: unknown[]) => {
    if (message.act === 'newconn' && handle && message.seq !== undefined) inTransit.set(message.seq, handle);
    return send(message, handle, ...rest);
  };
  Object.assign(child, { send: sendNoting });
  child.on('internalMessage', ({ ack }: { ack?: number }) => ack !== undefined && inTransit.delete(ack));
  child.once('exit', () => inTransit.forEach((handle) => handle.close()));
}
