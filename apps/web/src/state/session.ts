import { signal } from "@preact/signals";
import { ApiError, get, isFinal, onAnswer, useToken } from "../api/client";
import { inTime } from "../api/patience";
import type { Info } from "../api/types";
import { recall, remember } from "./storage";

/**
 * starting: nothing known yet; online: the server answers; lost: it does not; refused: it does, but
 * rejects the token, because it was restarted or the page was opened without the printed address.
 */
export type Connection = "starting" | "online" | "lost" | "refused";

export const connection = signal<Connection>("starting");
export const info = signal<Info | null>(null);

const poll_ms = 1000;
/** Time limit for a health check before it is repeated, in ms. */
const health_ms = 10_000;
let polling = false;

const tokenFrom = (text: string): string | null => /#token=([\w.~+/=-]+)/.exec(text)?.[1] ?? null;

const takeToken = (token: string) => {
  useToken(token);
  remember("token", token);
  try {
    sessionStorage.setItem("imgmill.token", token);
  } catch {
    // Then it is kept in memory only.
  }
};

const storedToken = (): string | null => {
  try {
    // Two tabs may belong to two successive servers on one port: this tab's own token comes first.
    return sessionStorage.getItem("imgmill.token") ?? recall("token");
  } catch {
    return null;
  }
};

/** Asks the server for its info and updates `connection`. Returns true if it accepts this token. */
export const greet = async (): Promise<boolean> => {
  try {
    info.value = await get<Info>("/api/info");
    connection.value = "online";
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isFinal(error) && error.status !== 401) throw error;
    return false;
  }
};

const poll = async () => {
  if (polling) return;
  polling = true;
  while (connection.value === "lost") {
    await new Promise((resolve) => setTimeout(resolve, poll_ms));
    const answer = await inTime(health_ms, (signal) => fetch("/healthz", { cache: "no-store", signal })).catch(() => null);
    if (answer?.ok) await greet().catch(() => undefined);
  }
  polling = false;
};

onAnswer((answered, status) => {
  if (!answered || status === 503) {
    connection.value = "lost";
    void poll();
  } else if (status === 401) {
    connection.value = "refused";
  } else if (status < 400 && connection.value === "lost") {
    connection.value = "online";
  }
});

/**
 * Removes the token from the address, where it would be seen and copied. Returns true if there was
 * one.
 */
export const adoptAddress = (address: string): boolean => {
  const token = tokenFrom(address);
  if (token === null) return false;
  takeToken(token);
  return true;
};

export const startSession = async (): Promise<void> => {
  const fresh = adoptAddress(location.hash);
  if (fresh) {
    history.replaceState(null, "", location.pathname + "#/");
  } else {
    const token = storedToken();
    if (token === null) {
      connection.value = "refused";
      return;
    }
    useToken(token);
  }
  // A timeout says nothing about the server: try again.
  while (!(await greet()) && connection.value === "starting") await new Promise((resolve) => setTimeout(resolve, poll_ms));
};
