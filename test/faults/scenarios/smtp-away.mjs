import { MailServer } from '../services.mjs';

export const about = 'the SMTP server is away while people sign up, and comes back';
/** The first attempt after a failed one comes after 15 to 30 seconds, the second after 30 to 60. */
const MAIL_PATIENCE_MS = 150_000;

let mail;
export const options = {
  env: async (_, world) => {
    mail = await MailServer.start();
    world.cleanUp(() => mail.goAway());
    return mail.env;
  },
};

export async function run(world) {
  world.start();
  const addresses = [];
  const faults = [];
  const signUp = async (n) => {
    const username = `person${world.seed}_${n}`;
    const body = { username, email: `${username}@mail.test`, password: 'correct horse battery' };
    const answer = await fetch(`${world.products[0].url}/api/auth/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status === 201) addresses.push(body.email);
    else faults.push(`sign-up ${n}: ${answer.status} ${await answer.text()}`);
  };
  await signUp(0);
  await mail.goAway();
  world.say('the SMTP server is away');
  // The budget of sign-ups is 30 for one address.
  for (let n = 1; n <= 12; n++) {
    await signUp(n);
    await world.pause(100, 400);
  }
  await world.pause(world.seconds * 300);
  await mail.run();
  world.say('the SMTP server is back');
  const missing = () => addresses.filter((address) => !mail.received.includes(address));
  for (const end = performance.now() + MAIL_PATIENCE_MS; missing().length > 0 && performance.now() < end;)
    await world.pause(500);
  const twice = addresses.filter((address) => mail.received.filter((to) => to === address).length > 1);
  return [
    { what: 'sign-ups do not need the SMTP server', faults },
    { what: `each of ${addresses.length} people who signed up got the mail`, faults: missing() },
    { what: 'no mail came twice', faults: twice },
  ];
}
