// ESLint over the page (TypeScript, with types) and the scripts in JavaScript. tools/lint.sh runs
// it from the root of the project. Every rule that is switched off has its reason beside it.
import globals from "globals";
import { fileURLToPath } from "node:url";
import { config, configs } from "typescript-eslint";

const root = fileURLToPath(new URL("../..", import.meta.url));
const named_to_be_dropped = { "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_+$" }] };

export default config(
  { ignores: ["**/node_modules/**", "**/dist/**", "build/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["apps/web/src/**/*.{ts,tsx}"],
    extends: [...configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "apps/web/tsconfig.json", tsconfigRootDir: root } },
    rules: {
      ...named_to_be_dropped,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A handler of one call reads best without braces.
      "@typescript-eslint/no-confusing-void-expression": "off",
      // `void signal.value` subscribes to the signal.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Does not see that callbacks change what a loop asks for.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // Generators are asynchronous for those who read them.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["apps/web/src/**/*.test.ts"],
    rules: {
      // node:test waits for its tests.
      "@typescript-eslint/no-floating-promises": "off",
      // A fake fetch() is given strings.
      "@typescript-eslint/no-base-to-string": "off",
    },
  },
  {
    files: ["**/*.mjs"],
    extends: [...configs.strict],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: named_to_be_dropped,
  },
);
