import { signal } from "@preact/signals";
import { recall, remember } from "./storage";

/** How two pictures are looked at. `sides`: next to each other, or above each other where the stage is upright. */
export type Look = "divider" | "sides" | "flicker";
export const looks: readonly Look[] = ["divider", "sides", "flicker"];

/** The same for all pictures: who compares many does it in one way. */
export const look = signal<Look>(looks.find((known) => known === recall("look")) ?? "divider");

export const chooseLook = (to: Look): void => {
  look.value = to;
  remember("look", to);
};
