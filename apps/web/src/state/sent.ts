// What a page was about to send, written down by job: another page, or this one after a reload, can then say what has not
// arrived. While somebody is sending, a lock of the browser says so; it ends with its page, however that ends.
import { recallJson, remember } from "./storage";

/** Storage is small; of more files than this the first ones are remembered. */
const most_names = 20_000;

const keyOf = (job: string) => `sent.${job}`;
const locks = (): LockManager | undefined => (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
const areNames = (value: unknown): value is string[] => Array.isArray(value) && value.every((name) => typeof name === "string");

export const noteSent = (job: string, names: readonly string[]): void => {
  remember(keyOf(job), JSON.stringify(names.slice(0, most_names)));
};

export const forgetSent = (job: string): void => {
  remember(keyOf(job), null);
};

/** Holds the lock of a job until `done` settles. Where browsers have no locks, nobody is known to be sending. */
export const whileSending = (job: string, done: Promise<unknown>): void => {
  void locks()
    ?.request(`imgmill.${keyOf(job)}`, () => done)
    .catch(() => undefined);
};

const isBeingSent = async (job: string): Promise<boolean> => {
  const state = await locks()?.query();
  return state?.held?.some((lock) => lock.name === `imgmill.${keyOf(job)}`) ?? false;
};

/** Of what was to be sent for a job, that which is not among `arrived`. Nothing, as long as somebody is sending. */
export const missingOf = async (job: string, arrived: readonly string[]): Promise<string[]> => {
  const names = recallJson(keyOf(job), areNames);
  if (!names || (await isBeingSent(job))) return [];
  const here = new Set(arrived);
  return names.filter((name) => !here.has(name));
};
