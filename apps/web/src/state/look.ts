import { signal } from "@preact/signals";
import { recall, remember } from "./storage";

/**
 * Comparison modes for two pictures. `sides`: next to each other, or one above the other if the
 * stage is taller than wide.
 */
export type Look = "divider" | "sides" | "flicker";
export const looks: readonly Look[] = ["divider", "sides", "flicker"];

/** The same for all pictures, for consistent comparisons. */
export const look = signal<Look>(looks.find((known) => known === recall("look")) ?? "divider");

export const chooseLook = (to: Look): void => {
  look.value = to;
  remember("look", to);
};
