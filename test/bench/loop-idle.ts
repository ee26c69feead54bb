/** Worker: does nothing but tell how late its timers were, as the machine has other things to do too. */
import { watchLoop } from './loop-delay.ts';
import { answer } from './worker.ts';

const stop = watchLoop();
process.once('message', async () => {
  answer(await stop());
  process.disconnect();
});
