import type { AnyCatalogue } from "./catalogue";
import { en } from "./en";
export const nl: AnyCatalogue = en;
