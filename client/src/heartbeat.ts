import { type SocketLike } from './live.js';

/** Time within which a socket opens. */
const OPEN_MS = 30_000;
/** Time without any frame after which the server is asked for one. */
const SILENCE_MS = 60_000;
/** Time within which it answers. */
const ANSWER_MS = 15_000;
/** Changes nothing and is answered with an `error` frame: browsers give pages no ping of the protocol. */
const PROBE = JSON.stringify({ action: 'subscribe', topics: [] });

/** Finds a connection that is open and carries nothing, as of a proxy that stopped forwarding. */
export class Heartbeat {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onLost called once, where the socket does not open in time or the server does not answer */
  constructor(
    private readonly socket: SocketLike,
    private readonly onLost: () => void,
  ) {
    this.wait(OPEN_MS, onLost);
  }

  /** Call it when the socket opens, and for each frame. */
  heard(): void {
    this.wait(SILENCE_MS, () => {
      this.wait(ANSWER_MS, this.onLost);
      this.socket.send(PROBE);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(ms: number, then: () => void): void {
    this.stop();
    this.timer = setTimeout(then, ms);
  }
}
