import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", include: ["test/**/*.test.ts"] },
  define: {
    LOCALES: JSON.stringify(["de", "en", "nb", "pt", "pt-BR", "sr", "zh-Hans", "zh-Hant"]),
    STRING_NAMES: JSON.stringify("title send"),
  },
});
