import js from "@eslint/js";
import globals from "./widget/lint-globals.js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["server/static/**", "**/htmx.min.js", "**/node_modules/**", ".venv/**"] },
  js.configs.recommended,
  {
    files: ["widget/src/**/*.ts", "widget/test/**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "widget/tsconfig.json" } },
    rules: {
      // `false && element` and optional chaining on what old browsers lack are meant.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Limits count code points, as the server does; normalisation is about control characters.
      "@typescript-eslint/no-misused-spread": "off",
      "no-control-regex": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["widget/**/*.mjs"], languageOptions: { globals: globals.node } },
  {
    // What the benchmark evaluates in the page stands among its own lines.
    files: ["server/**/*.js", "widget/gallery/*.js", "widget/bench/*.mjs"],
    languageOptions: { globals: globals.browser },
  },
);
