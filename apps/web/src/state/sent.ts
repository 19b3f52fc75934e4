// Records the files that a page intends to send, per job, so that another page, or this one after a
// reload, can report what has not arrived. While a page is sending it holds a browser lock, which
// ends with the page in any case.
import { recallJson, remember } from "./storage";

/** Storage is small; beyond this number of files, only the first ones are recorded. */
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

/**
 * Holds the lock of a job until `done` settles. In browsers without locks, no sender is ever
 * detected.
 */
export const whileSending = (job: string, done: Promise<unknown>): void => {
  void locks()
    ?.request(`imgmill.${keyOf(job)}`, () => done)
    .catch(() => undefined);
};

const isBeingSent = async (job: string): Promise<boolean> => {
  const state = await locks()?.query();
  return state?.held?.some((lock) => lock.name === `imgmill.${keyOf(job)}`) ?? false;
};

/**
 * Returns the files of a job that were to be sent but are not in `arrived`; empty while a page is
 * sending.
 */
export const missingOf = async (job: string, arrived: readonly string[]): Promise<string[]> => {
  const names = recallJson(keyOf(job), areNames);
  if (!names || (await isBeingSent(job))) return [];
  const here = new Set(arrived);
  return names.filter((name) => !here.has(name));
};
