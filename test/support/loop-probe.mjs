// Loaded into the server's process: reports over IPC for how long its event loop stood still since it was last asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let cpu = process.cpuUsage();

process.on('message', (message) => {
  if (message !== 'loop') return;
  // After the next timers, when a block that has just ended is in the histogram.
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu);
    process.send({ delayMs: delay.max / 1e6, cpuMs: (user + system) / 1000 });
    delay.reset();
    cpu = process.cpuUsage();
  }, 12);
});
process.channel.unref();
