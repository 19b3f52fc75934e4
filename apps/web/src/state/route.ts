import { signal } from "@preact/signals";

export type Route =
  | { view: "start" }
  | { view: "job"; job: string; tab: "images" | "summary" }
  | { view: "image"; job: string; index: number };

/** Any unknown address means the start view. */
export const parseRoute = (hash: string): Route => {
  const parts = hash.replace(/^#\/?/, "").split("/");
  const [head, job, tab, index] = parts;
  if (head !== "jobs" || !job) return { view: "start" };
  if (tab === "images" && index !== undefined && /^\d{1,9}$/.test(index)) return { view: "image", job, index: Number(index) };
  return { view: "job", job, tab: tab === "summary" ? "summary" : "images" };
};

export const hrefOf = (route: Route): string => {
  if (route.view === "start") return "#/";
  if (route.view === "image") return `#/jobs/${route.job}/images/${route.index}`;
  return `#/jobs/${route.job}${route.tab === "summary" ? "/summary" : ""}`;
};

export const route = signal<Route>({ view: "start" });

export const go = (to: Route, how: "push" | "replace" = "push"): void => {
  const href = hrefOf(to);
  if (href !== location.hash) {
    if (how === "push") history.pushState(null, "", href);
    else history.replaceState(null, "", href);
  }
  route.value = to;
};

export const readRoute = (): void => {
  route.value = parseRoute(location.hash);
};
