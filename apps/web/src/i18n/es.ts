import type { AnyCatalogue } from "./catalogue";
import { en } from "./en";
export const es: AnyCatalogue = en;
