import type { AnyCatalogue } from "./catalogue";
import { en } from "./en";
export const ru: AnyCatalogue = en;
