// Measures bcrypt alone: a number of concurrent verifications for some seconds, in a process of its own.
import bcrypt from 'bcrypt';

const [connections, seconds, cost] = process.argv.slice(2).map(Number);
const hash = await bcrypt.hash('a password of nobody', cost);
const [from, end] = [performance.now(), performance.now() + seconds * 1000];
let answered = 0;
const one = async () => {
  while (performance.now() < end) {
    await bcrypt.compare('a password of nobody', hash);
    answered++;
  }
};
await Promise.all(Array.from({ length: connections }, one));
process.stdout.write(JSON.stringify({ perSecond: (answered * 1000) / (performance.now() - from) }));
