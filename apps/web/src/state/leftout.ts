import type { LeftOut } from "../api/types";

/** The kind of a file that the page does not send, in the words of the server. */
export const kindOfFile = (name: string): string => {
  const leaf = name.slice(name.lastIndexOf("/") + 1);
  const dot = leaf.lastIndexOf(".");
  if (dot === 0) return "hidden file";
  return dot > 0 && dot < leaf.length - 1 ? leaf.slice(dot + 1).toLowerCase() : "extensionless file";
};

/**
 * Counts files left out by the server and files that the page has not sent, by kind; most frequent
 * first.
 */
export const leftOutOf = (there: LeftOut, here: ReadonlyMap<string, number>): LeftOut => {
  const counts = new Map(here);
  for (const { kind, count } of there.kinds) counts.set(kind, (counts.get(kind) ?? 0) + count);
  const kinds = [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
  return { files: kinds.reduce((sum, { count }) => sum + count, 0), kinds };
};
