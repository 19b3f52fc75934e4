import type { AnyCatalogue } from "./catalogue";
import { en } from "./en";
export const da: AnyCatalogue = en;
