import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", include: ["test/**/*.test.ts"] },
  define: {
    LOCALES: JSON.stringify("en"),
    STRING_NAMES: JSON.stringify("title send"),
  },
});
